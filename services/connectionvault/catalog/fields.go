package catalog

import "slices"

func (i *inspection) fields() {
	for n := range i.Fields {
		i.field(n, &i.Fields[n])
		for _, earlier := range i.Fields[:n] {
			if earlier.ID == i.Fields[n].ID {
				i.wrong(at("fields", n, "id"), "%q is here twice", earlier.ID)
				break
			}
		}
	}
	for n, id := range i.RequiredForAuthorization {
		if _, ok := i.Field(id); !ok {
			i.wrong(at("required_for_authorization", n), "there is no field %q", id)
		}
	}
	i.distinct(at("required_for_authorization"), i.RequiredForAuthorization)
}

func (i *inspection) field(n int, f *Field) {
	if !idPattern.MatchString(f.ID) {
		i.wrong(at("fields", n, "id"), "%q must be letters, digits, hyphens and underscores, a letter first, 64 at most", f.ID)
	}
	f.http = len(i.AllowAddresses) > 0
	if f.Label == "" {
		i.wrong(at("fields", n, "label"), "the field %s must have a label", f.ID)
	}
	for key, s := range map[string]string{"label": f.Label, "placeholder": f.Placeholder, "description": f.Description, "prefix": f.Prefix, "suffix": f.Suffix} {
		i.text(at("fields", n, key), s, maxText)
	}
	if f.Type == "password" {
		i.wrong(at("fields", n, "type"), `"password" breaks older SDKs; write type: text and sensitive: true`)
	} else {
		oneOf(i, at("fields", n, "type"), f.Type, fieldTypes)
	}
	if f.Sensitive && f.Type != Text && f.Type != Textarea {
		i.wrong(at("fields", n, "type"), "a sensitive field must be of type text or textarea")
	}
	if slices.Contains(fieldTypes, f.Type) {
		i.options(n, f)
	}
	if f.Pattern != "" {
		var err error
		if f.pattern, err = compilePattern(f.Pattern); err != nil {
			i.wrong(at("fields", n, "pattern"), "%v", err)
		}
	}
	i.ruled(n, f)
}

func (i *inspection) options(n int, f *Field) {
	switch {
	case f.Type.choice() && len(f.Options) == 0 && !f.AllowCustomValues:
		i.wrong(at("fields", n, "options"), "a field of type %s must have options", f.Type)
	case !f.Type.choice() && len(f.Options) > 0:
		i.wrong(at("fields", n, "options"), "a field of type %s has no options; a select has", f.Type)
	case !f.Type.choice() && f.AllowCustomValues:
		i.wrong(at("fields", n, "allow_custom_values"), "only a field with options can have others")
	}
	var values []string
	for m, o := range f.Options {
		if o.Value == "" || o.Label == "" {
			i.wrong(at("fields", n, "options", m), "an option must be a text, or have both label and value")
		}
		values = append(values, o.Value)
	}
	i.distinct(at("fields", n, "options"), values)
}

// ruled holds what the file itself gives as values against the field's rules.
func (i *inspection) ruled(n int, f *Field) {
	if f.Default != "" {
		if f.Sensitive {
			i.wrong(at("fields", n, "default"), "a sensitive field has no default: catalogs hold no secrets")
		} else if err := f.accepts(f.Default); err != nil {
			i.wrong(at("fields", n, "default"), "%v", err)
		}
	}
	for m, o := range f.Options {
		if err := f.accepts(o.Value); err != nil {
			i.wrong(at("fields", n, "options", m), "%v", err)
		}
	}
	if f.Hidden && f.Required && f.Default == "" && !i.copies(f.ID) {
		i.wrong(at("fields", n, "hidden"), "nobody would fill the field %s: it is required and hidden, without default, and the provider does not tell it", f.ID)
	}
}
