package catalog

import (
	"regexp"

	"go.yaml.in/yaml/v3"
)

// Field is something that the end user is asked, or that the provider tells and Copy
// keeps. Its value stands in a connection's settings under the id.
type Field struct {
	// ID has letters, digits, hyphens and underscores, a letter first, 64 at most.
	ID string `yaml:"id"`
	// Label is what end users read.
	Label string `yaml:"label"`
	// Type is Text when the file does not say.
	Type        FieldType `yaml:"type"`
	Placeholder string    `yaml:"placeholder"`
	Description string    `yaml:"description"`
	// Prefix and Suffix stand beside the input and are no part of the value.
	Prefix string `yaml:"prefix"`
	Suffix string `yaml:"suffix"`
	// Required fields must have values before a connection is callable.
	Required bool `yaml:"required"`
	// Sensitive values are secrets: kept sealed, never shown, never part of a URL.
	Sensitive bool `yaml:"sensitive"`
	// Hidden fields are not asked: the default or the provider fills them.
	Hidden bool `yaml:"hidden"`
	// Disabled fields are shown and cannot be changed; Deprecated ones should not be used.
	Disabled   bool `yaml:"disabled"`
	Deprecated bool `yaml:"deprecated"`
	// AllowCustomValues lets a field with options have other values, if the pattern does.
	AllowCustomValues bool `yaml:"allow_custom_values"`
	// Options are the values to choose from; fields that are no choice have none.
	Options []Option `yaml:"options"`
	// Pattern is an anchored RE2 expression that all values match; empty is none.
	Pattern string `yaml:"pattern"`
	// Default counts while the settings have no value.
	Default string `yaml:"default"`

	pattern *regexp.Regexp // nil without Pattern
	http    bool           // allowed beside https
}

// UnmarshalYAML fills what the file leaves out.
func (f *Field) UnmarshalYAML(n *yaml.Node) error {
	type plain Field
	p := plain{Type: Text}
	err := n.Decode(&p)
	*f = Field(p)
	return err
}

// Option is a value to choose.
type Option struct {
	Label string `yaml:"label"`
	Value string `yaml:"value"`
}

// UnmarshalYAML reads {label, value}, or one text that is both.
func (o *Option) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*o = Option{Label: n.Value, Value: n.Value}
		return nil
	}
	type plain Option
	return n.Decode((*plain)(o))
}

// FieldType is how a field is asked.
type FieldType string

// The types that every generation of SDKs reads. There is no "password": old ones refuse
// the whole answer. A secret is a sensitive Text.
const (
	Text           FieldType = "text"
	Checkbox       FieldType = "checkbox"
	Tel            FieldType = "tel"
	Email          FieldType = "email"
	URL            FieldType = "url"
	Textarea       FieldType = "textarea"
	Select         FieldType = "select"
	FilteredSelect FieldType = "filtered-select"
	MultiSelect    FieldType = "multi-select"
	Datetime       FieldType = "datetime"
	Date           FieldType = "date"
	Time           FieldType = "time"
	Number         FieldType = "number"
)

var fieldTypes = []FieldType{
	Text, Checkbox, Tel, Email, URL, Textarea, Select, FilteredSelect, MultiSelect, Datetime, Date, Time, Number,
}

// choice says whether a type is of those that have options.
func (t FieldType) choice() bool { return t == Select || t == FilteredSelect || t == MultiSelect }
