package connect

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// numberForm is a number of JSON, which is kept as it was written.
var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// collect makes settings, a JSON object, of a form. What is empty now and was before is not in
// them; what is sensitive and empty is as it was.
func collect(w *words, fields []*connectionvaultv1.FormField, given url.Values) (string, error) {
	settings, wrong := map[string]json.RawMessage{}, fieldErrors{}
	for _, f := range fields {
		if f.GetDisabled() {
			continue
		}
		was := f.GetValue() != "" && f.GetValue() != "null"
		value, complaint := read(w, f, given[formName(f.GetId())])
		switch {
		case complaint != "":
			wrong[f.GetId()] = complaint
		case value != nil:
			settings[f.GetId()] = value
		case f.GetRequired() && !(secret(f) && was):
			wrong[f.GetId()] = w.Missing
		case was && !secret(f):
			settings[f.GetId()] = emptied(f)
		}
	}
	if len(wrong) > 0 {
		return "", wrong
	}
	text, err := json.Marshal(settings)
	return string(text), err
}

// emptied is what a field is when nothing is in it any more.
func emptied(f *connectionvaultv1.FormField) json.RawMessage {
	switch f.GetType() {
	case "multi-select":
		return json.RawMessage("[]")
	case "number":
		return json.RawMessage("null")
	}
	return json.RawMessage(`""`)
}

// read returns what was entered as JSON, nil for nothing, or what is wrong with it.
func read(w *words, f *connectionvaultv1.FormField, given []string) (value json.RawMessage, complaint string) {
	text := strings.Join(given, "")
	kind := f.GetType()
	if secret(f) {
		kind = "password" // whose spaces may be meant
	} else if kind != "textarea" {
		text = strings.TrimSpace(text)
	}
	switch {
	case kind == "checkbox" && len(given) == 0 && f.GetRequired():
		return nil, w.Missing
	case kind == "checkbox":
		return json.RawMessage(map[bool]string{true: "true", false: "false"}[len(given) > 0]), ""
	case kind == "multi-select":
		return readSeveral(w, f, given)
	case text == "":
		return nil, ""
	case kind == "select" || kind == "filtered-select":
		return readChoice(w, f, text)
	case kind == "number" && !numberForm.MatchString(text):
		return nil, w.NoNumber
	case kind == "number":
		return json.RawMessage(text), ""
	}
	return json.RawMessage(jsonText(strings.ReplaceAll(text, "\r\n", "\n"))), "" // forms have \r\n for line breaks
}

// readChoice takes what was offered, and other texts where that is allowed.
func readChoice(w *words, f *connectionvaultv1.FormField, text string) (json.RawMessage, string) {
	chosen := []json.RawMessage{json.RawMessage(f.GetValue())}
	if f.GetType() == "multi-select" {
		chosen = several(chosen[0])
	}
	all := choose(f.GetOptions(), chosen...)
	if offered(all, text) {
		return json.RawMessage(text), ""
	}
	if !f.GetAllowCustomValues() {
		return nil, w.NoChoice
	}
	for _, g := range all { // typed as it is shown
		if i := slices.IndexFunc(g.Items, func(c choice) bool { return c.Text() == text }); i >= 0 {
			return json.RawMessage(g.Items[i].Value), ""
		}
	}
	return json.RawMessage(jsonText(text)), ""
}

// readSeveral makes an array of what was chosen.
func readSeveral(w *words, f *connectionvaultv1.FormField, given []string) (json.RawMessage, string) {
	var all []json.RawMessage
	for _, text := range given {
		if text == "" {
			continue
		}
		value, complaint := readChoice(w, f, text)
		if complaint != "" {
			return nil, complaint
		}
		all = append(all, value)
	}
	if all == nil {
		return nil, ""
	}
	text, err := json.Marshal(all)
	if err != nil { // its elements are JSON
		return nil, w.NoChoice
	}
	return text, ""
}

// jsonText is a text as JSON.
func jsonText(text string) string {
	b, err := json.Marshal(text)
	if err != nil { // texts can always be told
		return `""`
	}
	return string(b)
}

// blame finds the fields that a fault is about. What is no field's is said above them.
func (a *answer) blame(f *fault.Error) {
	a.errors = fieldErrors{}
	name := func(path string) string {
		for _, prefix := range []string{"settings.", "settings[\"", "/settings/", "settings/"} {
			if rest, ok := strings.CutPrefix(path, prefix); ok {
				path = strings.TrimSuffix(rest, "\"]")
			}
		}
		return path
	}
	known := func(id string) bool { _, ok := a.given[formName(id)]; return ok }
	if id := name(f.Metadata["field"]); known(id) {
		a.errors[id] = f.Message
	}
	for _, v := range f.Violations {
		if id := name(v.Field); known(id) {
			a.errors[id] = v.Message
		}
	}
	if len(a.errors) == 0 {
		a.alert = f.Message
	}
}
