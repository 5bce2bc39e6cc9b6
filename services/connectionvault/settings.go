package connectionvault

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// maxSettings bounds what the settings of a connection grow to, change by change, in bytes.
const maxSettings = 256 << 10

// checkSettings refuses values that fields don't take. What no field describes is kept as it
// is.
func (f *face) checkSettings(change object) error {
	for _, m := range change {
		if !filled(m.value) {
			continue // takes the value away
		}
		i, ok := f.at[m.name()]
		if !ok {
			if err := f.Accepts(m.name(), scalar(m.value)); err != nil {
				return settingFault(err)
			}
			continue
		}
		if err := checkSetting(&f.Fields[i], m.value, f.Accepts); err != nil {
			return err
		}
	}
	return nil
}

// checkSetting holds a value, as JSON, against a field's type and then against its rules.
func checkSetting(f *catalog.Field, value string, accepts func(id, value string) error) error {
	texts := []string{scalar(value)}
	if value[0] == '[' {
		if f.Type != catalog.MultiSelect {
			return wrongSetting(f.ID, "must be one value, not a list")
		}
		all, err := parseArray(value)
		if err != nil {
			return reads("a list", err)
		}
		texts = texts[:0]
		for _, one := range all {
			texts = append(texts, scalar(one))
		}
	}
	for _, text := range texts {
		if text == "" {
			return wrongSetting(f.ID, "must be a text, a number or a boolean")
		}
		if why := typed(f.Type, text); why != "" {
			return wrongSetting(f.ID, why)
		}
		if err := accepts(f.ID, text); err != nil {
			return settingFault(err)
		}
	}
	return nil
}

// scalar is a JSON text, number or boolean as text; empty for anything else.
func scalar(value string) string {
	switch value[0] {
	case '"':
		return textOf(value)
	case '{', '[', 'n':
		return ""
	}
	return value
}

// typed says why a text is not of a type; empty when it is.
func typed(t catalog.FieldType, text string) string {
	fits, why := true, ""
	switch t {
	case catalog.Checkbox:
		fits, why = text == "true" || text == "false", "must be true or false"
	case catalog.Number:
		var n json.Number
		fits, why = json.Unmarshal([]byte(text), &n) == nil, "must be a number"
	case catalog.Email:
		at := strings.IndexByte(text, '@')
		fits, why = at > 0 && at < len(text)-1 && !strings.ContainsAny(text, " \t"), "must be an e-mail address"
	case catalog.Date:
		fits, why = isTime(text, time.DateOnly), "must be a date such as 2026-01-31"
	case catalog.Time:
		fits, why = isTime(text, "15:04", time.TimeOnly), "must be a time such as 13:30"
	case catalog.Datetime:
		fits, why = isTime(text, time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05"), "must be a date and time such as 2026-01-31T13:30:00Z"
	}
	if fits {
		return ""
	}
	return why
}

func isTime(text string, layouts ...string) bool {
	for _, layout := range layouts {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

func wrongSetting(id, why string) error {
	return fault.FailedPrecondition(reasonSettings, "setting %q %s", id, why).With("field", id)
}

// settingFault is the catalog's refusal of a setting as a caller sees it.
func settingFault(err error) error {
	var wrong *catalog.SettingError
	if !errors.As(err, &wrong) {
		return err
	}
	return fault.FailedPrecondition(reasonSettings, "%s", wrong.Error()).With("field", wrong.ID)
}

// effective is a setting as it counts: as text, or the field's default.
func (f *face) effective(settings object, id string) string {
	if value := settings.get(id); filled(value) {
		return value
	}
	if i, ok := f.at[id]; ok && f.Fields[i].Default != "" {
		return jsonText(f.Fields[i].Default)
	}
	return ""
}

// movedHost tells whether a change of settings leads to another host. What had to be filled
// in and was not, has led nowhere yet.
func (f *face) movedHost(old, next object) bool {
	for i := range f.Fields {
		id := f.Fields[i].ID
		if !f.DecidesHost(id) {
			continue
		}
		was := f.effective(old, id)
		if was == "" && f.Fields[i].Required {
			continue
		}
		if was != f.effective(next, id) {
			return true
		}
	}
	return false
}

// hostsDigest stands for the settings that lead to hosts.
func (f *face) hostsDigest(settings object) []byte {
	var decide []any
	for i := range f.Fields {
		if id := f.Fields[i].ID; f.DecidesHost(id) {
			decide = append(decide, id, f.effective(settings, id))
		}
	}
	return digestOf(string(key.New(decide...)))
}

// merged are settings after a change, and whether they lead to another host: then the secrets
// that belonged to the old one are gone, but for those that come with the change.
func (f *face) merged(old, change object) (next object, moved bool, err error) {
	change = f.unmasked(change)
	next = old.merged(change)
	if moved = f.movedHost(old, next); moved {
		var kept object
		for _, m := range next {
			if !f.sensitive(m.name()) || change.get(m.name()) != "" {
				kept = append(kept, m)
			}
		}
		next = kept
	}
	if len(next.String()) > maxSettings {
		return nil, false, fault.FailedPrecondition(reasonSettings, "all settings together can have %d bytes at most", maxSettings)
	}
	return next, moved, nil
}
