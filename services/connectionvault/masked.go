package connectionvault

import (
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// mask stands in for secrets. Its length tells nothing, and sent back it changes nothing:
// forms send all that they were given.
const mask = "************"

// maskJSON is the mask as it is shown.
const maskJSON = `"` + mask + `"`

// shown are settings without the secrets among them.
func (f *face) shown(settings object) object {
	for i, m := range settings {
		if !f.sensitive(m.name()) {
			continue
		}
		kept := append(object(nil), settings[:i]...)
		for _, m := range settings[i+1:] {
			if !f.sensitive(m.name()) {
				kept = append(kept, m)
			}
		}
		return kept
	}
	return settings
}

// unmasked are changed settings without those that are secrets' masks.
func (f *face) unmasked(change object) object {
	var kept object
	for _, m := range change {
		if !f.sensitive(m.name()) || textOf(m.value) != mask {
			kept = append(kept, m)
		}
	}
	return kept
}

// filledIn are the form fields with values, masked where they are secret. Fields without
// value are shared by all connections: nobody changes them.
func (f *face) filledIn(settings object) []*connectionvaultv1.FormField {
	fields, own := f.fields, false
	for _, m := range settings {
		i, ok := f.at[m.name()]
		if !ok || !filled(m.value) {
			continue
		}
		if !own {
			fields, own = append([]*connectionvaultv1.FormField(nil), f.fields...), true
		}
		fields[i] = proto.CloneOf(f.fields[i])
		fields[i].Value = m.value
		if f.Fields[i].Sensitive {
			fields[i].Value = maskJSON
		}
	}
	return fields
}
