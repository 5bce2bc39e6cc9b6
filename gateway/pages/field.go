package pages

import "strings"

// field is what a person fills in. Its name is that of the form's value, and its id.
type field struct {
	Name, Type, Label string
	// Hint tells beforehand what is asked for. May be empty.
	Hint string
	// Error tells what is wrong with what came. May be empty.
	Error string
	// Autocomplete tells programs that fill in forms what it is.
	Autocomplete string
	// InputMode is the keyboard of a phone. May be empty.
	InputMode string
	// Focus is for the first field with an error: whoever can't see the page is there at
	// once, and hears what is wrong.
	Focus bool
}

// DescribedBy are the ids of what is read out with the field.
func (f field) DescribedBy() string {
	var ids []string
	if f.Error != "" {
		ids = append(ids, f.Name+"-error")
	}
	if f.Hint != "" {
		ids = append(ids, f.Name+"-hint")
	}
	return strings.Join(ids, " ")
}
