package connect

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// field is something to fill in, made for the page.
type field struct {
	// ID is that of the element; Name is the form's.
	ID, Name string
	// Kind is input, area, check, choice or several; Type is that of an input.
	Kind, Type                               string
	Label, Hint, Placeholder, Prefix, Suffix string
	// Value is what is in it. Of a sensitive one it is empty, and Kept says whether there is.
	Value              string
	Kept               bool
	Groups             []choices
	Free               bool // other values than the choices are taken
	Required, Disabled bool
	Checked            bool
	// Error tells what is wrong with what came; Focus is for the first field with one.
	Error string
	Focus bool

	Words *words

	id string // of the setting
}

// DescribedBy are the ids of what is read out with the field.
func (f field) DescribedBy() string {
	var ids []string
	for suffix, there := range map[string]bool{"-error": f.Error != "", "-hint": f.Hint != "", "-kept": f.Kept} {
		if there {
			ids = append(ids, f.ID+suffix)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// formName is the name of a field in a form. Forms have other names, too.
func formName(id string) string { return "field." + id }

// inputTypes are the types of inputs by those of form fields. The other way round, a type that
// is not known is text.
var inputTypes = map[string]string{
	"text": "text", "tel": "tel", "email": "email", "url": "url", "password": "password",
	"number": "text", // browsers change numbers, such as 10.50, that a number's input holds
	"date":   "date", "time": "time", "datetime": "datetime-local",
}

// inputForms are what inputs of a type hold; others would look empty.
var inputForms = map[string]*regexp.Regexp{
	"date":           regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`),
	"time":           regexp.MustCompile(`^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$`),
	"datetime-local": regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$`),
}

// fieldsOf makes fields for the page. The ids of their elements are numbered: those of
// settings may be anything.
func fieldsOf(w *words, prefix string, all []*connectionvaultv1.FormField) []field {
	var made []field
	for i, f := range all {
		m := field{
			ID: prefix + strconv.Itoa(i), Name: formName(f.GetId()), id: f.GetId(), Kind: "input", Words: w,
			Label: f.GetLabel(), Hint: f.GetDescription(), Placeholder: f.GetPlaceholder(),
			Prefix: f.GetPrefix(), Suffix: f.GetSuffix(),
			Required: f.GetRequired(), Disabled: f.GetDisabled(), Free: f.GetAllowCustomValues(),
		}
		if m.Label == "" {
			m.Label = f.GetId()
		}
		m.fill(f)
		if m.Kept {
			m.Required = false // what is there stays
		}
		if m.Groups != nil && m.Kind == "choice" && !m.Free {
			m.Groups = slices.Insert(m.Groups, 0, choices{Items: []choice{{Label: w.Choose, Chosen: m.Value == ""}}})
		}
		made = append(made, m)
	}
	return made
}

// fill puts in the value.
func (m *field) fill(f *connectionvaultv1.FormField) {
	value := json.RawMessage(f.GetValue())
	m.Value = plain(value)
	switch f.GetType() {
	case "checkbox":
		m.Kind, m.Checked = "check", m.Value == "true"
	case "textarea":
		m.Kind = "area"
	case "select", "filtered-select":
		m.Kind, m.Groups = "choice", choose(f.GetOptions(), value)
	case "multi-select":
		m.Kind, m.Groups = "several", choose(f.GetOptions(), several(value)...)
	default:
		if m.Type = inputTypes[f.GetType()]; m.Type == "" {
			m.Type = "text"
		}
		if form := inputForms[m.Type]; form != nil && m.Value != "" && !form.MatchString(m.Value) {
			m.Type = "text"
		}
	}
	if secret(f) {
		m.Kept, m.Value, m.Placeholder = m.Value != "", "", ""
		m.Kind, m.Type, m.Groups = "input", "password", nil
	}
}

// secret reports whether a field's value is not for the page.
func secret(f *connectionvaultv1.FormField) bool {
	return f.GetSensitive() || f.GetType() == "password"
}

// plain is a JSON value as one types it.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	if s := string(value); s != "null" && !strings.HasPrefix(s, "[") && !strings.HasPrefix(s, "{") {
		return s
	}
	return ""
}

// answer is what came of a form that something was wrong with.
type answer struct {
	form   string // its action
	given  map[string][]string
	errors fieldErrors
	alert  string // what is no field's
}

// fieldErrors tell what is wrong with fields, by the ids of their settings.
type fieldErrors map[string]string

func (e fieldErrors) Error() string { return strconv.Itoa(len(e)) + " fields are wrong" }

func (a *answer) wrong() bool { return a.form != "" }

// fieldsOf puts what came, and what is wrong with it, into the fields of a form. Nothing
// sensitive is shown again.
func (a *answer) fieldsOf(fields []field, form string) []field {
	if a.form != form {
		return fields
	}
	focus := true
	for i := range fields {
		f := &fields[i]
		f.keep(a.given[f.Name])
		if f.Error = a.errors[f.id]; f.Error != "" {
			f.Focus, focus = focus, false
		}
	}
	return fields
}

// keep shows what was entered once more.
func (f *field) keep(given []string) {
	if f.Disabled || f.Type == "password" {
		return
	}
	f.Checked = f.Kind == "check" && len(given) > 0
	f.Value = strings.Join(given, "")
	for _, g := range f.Groups {
		for i := range g.Items {
			g.Items[i].Chosen = slices.Contains(given, g.Items[i].Value)
		}
	}
}
