package barbican

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/holdplane/holdplane/pkg/fault"
)

// maxRead is how much of a body is read: what comes behind is as if it had not been sent.
const maxRead = 25_000

// maxNesting bounds how deep values may stand inside each other. Nothing of the API needs
// more than five.
const maxNesting = 64

// object is a JSON object. Texts name its members in the order they came in.
type object struct {
	names   []string
	members map[string]any
}

// get is a member; nil when it is null or not there.
func (o *object) get(name string) any { return o.members[name] }

// text is a member that is text, and whether it is.
func (o *object) text(name string) (string, bool) {
	s, ok := o.members[name].(string)
	return s, ok
}

// has reports whether a member is there, be it null.
func (o *object) has(name string) bool {
	_, ok := o.members[name]
	return ok
}

func (o *object) set(name string, v any) {
	if !o.has(name) {
		o.names = append(o.names, name)
	}
	o.members[name] = v
}

// decodeJSON reads the value that a body holds, as Python's json module has it: of members
// with one name the last counts. Texts lose the white space around them.
func decodeJSON(data []byte) (any, error) {
	data = data[:min(len(data), maxRead)]
	if !utf8.Valid(data) || !json.Valid(data) || halfPair(data) {
		return nil, malformed()
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return decodeValue(d, 0)
}

// halfPair reports whether the texts of valid JSON hold half of a surrogate pair. That is no
// character: what is kept would not be what was sent. Barbican fails on it.
func halfPair(data []byte) bool {
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		if i++; data[i] != 'u' {
			continue
		}
		first, rest := codeUnit(data[i+1:]), data[i+5:]
		i += 4
		if !utf16.IsSurrogate(first) {
			continue
		}
		if !bytes.HasPrefix(rest, []byte(`\u`)) || utf16.DecodeRune(first, codeUnit(rest[2:])) == unicode.ReplacementChar {
			return true
		}
		i += 6
	}
	return false
}

// codeUnit is what the four digits of an escape stand for.
func codeUnit(digits []byte) rune {
	n, err := strconv.ParseUint(string(digits[:4]), 16, 16)
	if err != nil {
		return unicode.ReplacementChar // the JSON is valid
	}
	return rune(n)
}

func malformed() error { return fault.InvalidArgument(reasonSaid, "Malformed JSON") }

func decodeValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxNesting {
		return nil, malformed()
	}
	token, err := d.Token()
	if err != nil {
		return nil, malformed()
	}
	switch token := token.(type) {
	case string:
		return strings.TrimFunc(token, isSpace), nil
	case json.Delim:
		if token == '[' {
			return decodeList(d, depth)
		}
		return decodeObject(d, depth)
	}
	return token, nil
}

func decodeList(d *json.Decoder, depth int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := decodeValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func decodeObject(d *json.Decoder, depth int) (any, error) {
	o := &object{members: map[string]any{}}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, malformed()
		}
		v, err := decodeValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		o.set(name, v)
	}
	_, err := d.Token()
	return o, err
}

// isSpace has what Python's strip takes away.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }
