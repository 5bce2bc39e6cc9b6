package connect

import (
	"bytes"
	"encoding/json"
	"slices"
)

// choices are a group of them, whose label may be empty.
type choices struct {
	Label string
	Items []choice
}

// choice is one. Value is JSON: choices may be numbers and lists.
type choice struct {
	Label, Value string
	Chosen       bool
}

// Text is its value as one types it.
func (c choice) Text() string { return plain(json.RawMessage(c.Value)) }

// option is one of a form field, simple or a group of simple ones.
type option struct {
	Label   string          `json:"label"`
	Value   json.RawMessage `json:"value"`
	Options []option        `json:"options"`
}

// choose reads the options of a form field, of which some are chosen. What is chosen and no
// option is one, too: it would get lost otherwise.
func choose(options string, chosen ...json.RawMessage) []choices {
	var all []option
	if json.Unmarshal([]byte(options), &all) != nil {
		all = nil // the service sees to their shape
	}
	var picked []string
	for _, c := range chosen {
		if text := compact(c); text != "" && text != "null" && text != `""` {
			picked = append(picked, text)
		}
	}
	made, simple := []choices{}, choices{}
	for _, o := range all {
		if o.Options == nil {
			simple.Items = append(simple.Items, newChoice(o, picked))
			continue
		}
		g := choices{Label: o.Label}
		for _, inner := range o.Options {
			g.Items = append(g.Items, newChoice(inner, picked))
		}
		made = append(made, g)
	}
	for _, text := range picked {
		if !offered(append(made, simple), text) {
			simple.Items = append(simple.Items, choice{Label: plain(json.RawMessage(text)), Value: text, Chosen: true})
		}
	}
	if len(simple.Items) > 0 {
		made = slices.Insert(made, 0, simple)
	}
	return made
}

func newChoice(o option, picked []string) choice {
	c := choice{Label: o.Label, Value: compact(o.Value)}
	if c.Label == "" {
		c.Label = plain(o.Value)
	}
	c.Chosen = slices.Contains(picked, c.Value)
	return c
}

// offered reports whether a value is one of the choices.
func offered(all []choices, value string) bool {
	return slices.ContainsFunc(all, func(g choices) bool {
		return slices.ContainsFunc(g.Items, func(c choice) bool { return c.Value == value })
	})
}

// compact is JSON without white space, and nothing for what is none.
func compact(value json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, value) != nil {
		return ""
	}
	return b.String()
}

// several are the elements of a JSON array; a value that is none is the only one.
func several(value json.RawMessage) []json.RawMessage {
	var all []json.RawMessage
	if json.Unmarshal(value, &all) != nil && len(value) > 0 {
		return []json.RawMessage{value}
	}
	return all
}
