package wirejson

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Path leads from a document to one of its values.
type Path []Step

// Step is one member of an object, or with an empty Name one element of an array.
type Step struct {
	Name  string
	Index int
}

// String joins the steps with dots: ratelimits.0.limit.
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		if s.Name == "" {
			b.WriteString(strconv.Itoa(s.Index))
		}
		b.WriteString(s.Name)
	}
	return b.String()
}

// Indexed puts indexes in brackets: ratelimits[0].limit.
func (p Path) Indexed() string {
	var b strings.Builder
	for i, s := range p {
		if s.Name == "" {
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.Name)
	}
	return b.String()
}

// Path translates a path in proto names, as protovalidate writes it (ratelimits[0].limit,
// details["key"]), to names of the wire. The field of a bare message has none. What it
// does not know stays as it is.
func (c *Codec) Path(message protoreflect.MessageDescriptor, field string) Path {
	var path Path
	for field != "" {
		if quoted, ok := strings.CutPrefix(field, "["); ok {
			var step Step
			step, field = subscript(quoted)
			path = append(path, step)
			continue
		}
		field = strings.TrimPrefix(field, ".")
		name := field
		if end := strings.IndexAny(field, ".["); end >= 0 {
			name = field[:end]
		}
		field = field[len(name):]
		if name == "" {
			continue
		}
		bare := message != nil && c.dialect.Bare[message.FullName()]
		if name, message = c.wireName(message, name); !bare {
			path = append(path, Step{Name: name})
		}
	}
	return path
}

// wireName returns the name of a field on the wire and the message that it holds, if any.
func (c *Codec) wireName(message protoreflect.MessageDescriptor, name string) (string, protoreflect.MessageDescriptor) {
	if message == nil {
		return name, nil
	}
	fd := message.Fields().ByName(protoreflect.Name(name))
	if fd == nil {
		return name, nil
	}
	if fd.IsMap() {
		return c.dialect.wireName(fd), fd.MapValue().Message()
	}
	return c.dialect.wireName(fd), fd.Message()
}

// subscript reads what follows a bracket and returns what follows its end.
func subscript(text string) (Step, string) {
	if quoted, err := strconv.QuotedPrefix(text); err == nil {
		if key, err := strconv.Unquote(quoted); err == nil {
			return Step{Name: key}, strings.TrimPrefix(text[len(quoted):], "]")
		}
	}
	inside, rest, _ := strings.Cut(text, "]")
	if i, err := strconv.Atoi(inside); err == nil {
		return Step{Index: i}, rest
	}
	return Step{Name: inside}, rest
}
