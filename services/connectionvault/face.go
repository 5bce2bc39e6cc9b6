package connectionvault

import (
	"slices"
	"strings"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// face is what all connections of a connector show alike, made once: lists have hundreds.
type face struct {
	*catalog.Connector
	// fields are what is asked for, with no values but defaults.
	fields []*connectionvaultv1.FormField
	// at is where a field is, in fields as in Connector.Fields.
	at map[string]int
	// needed are where the fields are that must be filled in.
	needed []int
	// grant is the OAuth grant; nil without OAuth.
	grant *string

	tagLine, website, icon, logo *string
}

func newFaces(all *catalog.Catalog) map[string]*face {
	faces := make(map[string]*face, all.Len())
	for c := range all.All() {
		faces[c.ServiceID] = newFace(c)
	}
	return faces
}

func newFace(c *catalog.Connector) *face {
	f := &face{
		Connector: c, at: make(map[string]int, len(c.Fields)),
		tagLine: orNil(c.TagLine), website: orNil(c.Website), icon: orNil(c.Icon), logo: orNil(c.Logo),
	}
	if c.OAuth != nil {
		f.grant = orNil(string(c.OAuth.Grant))
	}
	for i := range c.Fields {
		field := &c.Fields[i]
		f.at[field.ID] = i
		f.fields = append(f.fields, formField(field))
		if field.Required && field.Default == "" {
			f.needed = append(f.needed, i)
		}
	}
	return f
}

// has tells whether the connector is one of a unified API.
func (f *face) has(api string) bool { return slices.Contains(f.UnifiedAPIs, api) }

// byBrowser tells whether authorizing takes a browser.
func (f *face) byBrowser() bool { return f.OAuth != nil && f.OAuth.Grant == catalog.AuthorizationCode }

// sensitive tells whether a setting is a secret: as its field says or, where it has none, its
// name.
func (f *face) sensitive(setting string) bool {
	if i, ok := f.at[setting]; ok {
		return f.Fields[i].Sensitive
	}
	return namesSecret(setting)
}

func formField(f *catalog.Field) *connectionvaultv1.FormField {
	m := &connectionvaultv1.FormField{
		Id: f.ID, Label: f.Label, Type: string(f.Type), Required: f.Required, AllowCustomValues: f.AllowCustomValues,
		Placeholder: orNil(f.Placeholder), Description: orNil(f.Description), Prefix: orNil(f.Prefix), Suffix: orNil(f.Suffix),
		Disabled: onlyTrue(f.Disabled), Hidden: onlyTrue(f.Hidden), Sensitive: onlyTrue(f.Sensitive), Options: optionsText(f.Options),
	}
	if f.Default != "" {
		m.Value = jsonText(f.Default)
	}
	return m
}

// optionsText is a choice as JSON. Options say what they are, as newer SDKs want it.
func optionsText(options []catalog.Option) string {
	if len(options) == 0 {
		return ""
	}
	all := make([]string, len(options))
	for i, o := range options {
		all[i] = `{"label":` + jsonText(o.Label) + `,"value":` + jsonText(o.Value) + `,"option_type":"simple"}`
	}
	return "[" + strings.Join(all, ",") + "]"
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func onlyTrue(b bool) *bool {
	if !b {
		return nil
	}
	return &b
}
