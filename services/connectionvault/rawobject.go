package connectionvault

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// object is a JSON object as its members, in their order and as they were written: numbers
// keep their digits.
type object []member

// member is a name and its value, both as JSON.
type member struct{ key, value string }

var errObject = errors.New("stored JSON is no object")

// parseObject cuts an object that was checked before it was stored. No text is no members.
func parseObject(text string) (object, error) {
	if text == "" {
		return nil, nil
	}
	c := cutter{text: text}
	if !c.take('{') {
		return nil, errObject
	}
	var o object
	for first := true; !c.take('}'); first = false {
		if !first && !c.take(',') {
			return nil, errObject
		}
		key := c.value()
		if key == "" || !c.take(':') {
			return nil, errObject
		}
		value := c.value()
		if value == "" {
			return nil, errObject
		}
		o = append(o, member{key, value})
	}
	return o, nil
}

// parseArray cuts an array that was checked into its elements.
func parseArray(text string) ([]string, error) {
	c := cutter{text: text}
	if !c.take('[') {
		return nil, errObject
	}
	var all []string
	for first := true; !c.take(']'); first = false {
		if !first && !c.take(',') {
			return nil, errObject
		}
		value := c.value()
		if value == "" {
			return nil, errObject
		}
		all = append(all, value)
	}
	return all, nil
}

// name is the member's name as text.
func (m member) name() string { return textOf(m.key) }

// textOf is a JSON string as text; empty for anything else.
func textOf(value string) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	if !strings.Contains(value, `\`) {
		return value[1 : len(value)-1]
	}
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return ""
	}
	return text
}

// jsonText is a text as JSON.
func jsonText(text string) string {
	b, err := json.Marshal(text)
	if err != nil { // no text does that
		return `""`
	}
	return string(b)
}

// get is the value under a name; empty when there is none.
func (o object) get(name string) string {
	for _, m := range o {
		if m.name() == name {
			return m.value
		}
	}
	return ""
}

// merged puts members in the places of those with their names, or behind all. Null takes
// one away.
func (o object) merged(change object) object {
	next := append(object(nil), o...)
	for _, c := range change {
		at := next.index(c.name())
		switch {
		case c.value == "null" && at >= 0:
			next = append(next[:at], next[at+1:]...)
		case c.value == "null":
		case at >= 0:
			next[at].value = c.value
		default:
			next = append(next, c)
		}
	}
	return next
}

func (o object) index(name string) int {
	for i, m := range o {
		if m.name() == name {
			return i
		}
	}
	return -1
}

// String is the object as JSON.
func (o object) String() string {
	size := 2
	for _, m := range o {
		size += len(m.key) + len(m.value) + 2
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(m.key)
		b.WriteByte(':')
		b.WriteString(m.value)
	}
	b.WriteByte('}')
	return b.String()
}

// reads is an error of stored JSON, which no caller has caused.
func reads(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read %s: %w", what, err)
}
