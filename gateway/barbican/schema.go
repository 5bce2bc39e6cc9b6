package barbican

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/holdplane/holdplane/pkg/fault"
)

// schema is what a JSON value has to be, with the keywords of JSON Schema that Barbican's
// schemas have. Those that are zero say nothing.
type schema struct {
	types    []string // any one of them
	enum     []string
	minimum  *big.Int
	maximum  *big.Int
	nonEmpty bool // minLength 1
	longest  int  // maxLength, in characters
	items    *schema
	// properties are checked in this order.
	properties []property
	required   []string
	closed     bool // no additionalProperties
}

type property struct {
	name   string
	schema schema
}

// failing is a value that breaks a schema.
type failing struct {
	depth  int    // how far below the whole value it stands
	of     string // the member of the whole value that it stands in; empty for the whole
	reason string
}

// check finds what breaks a schema, in the words of python-jsonschema, in its order: the
// error nearest to the whole value counts, of those the first one.
func check(name string, s *schema, v any) error {
	var worst *failing
	s.walk(v, 0, "", func(f failing) {
		if worst == nil || f.depth < worst.depth {
			worst = &f
		}
	})
	if worst == nil {
		return nil
	}
	return mismatch(name, worst.reason, worst.of)
}

// mismatch is Barbican's text for what does not match a schema, by the member at fault.
func mismatch(name, reason, of string) error {
	return fault.InvalidArgument(reasonSaid, "%s", mismatchText(name, reason, of))
}

func mismatchText(name, reason, of string) string {
	if of == "" {
		of = "None"
	}
	return "Provided object does not match schema '" + name + "': " + reason + ". Invalid property: '" + of + "'"
}

func (s *schema) walk(v any, depth int, of string, report func(failing)) {
	fail := func(format string, args ...any) {
		report(failing{depth: depth, of: of, reason: fmt.Sprintf(format, args...)})
	}
	if len(s.types) > 0 && !slices.ContainsFunc(s.types, func(t string) bool { return isType(v, t) }) {
		fail("%s is not of type '%s'", repr(v), strings.Join(s.types, "', '"))
	}
	if text, ok := v.(string); ok {
		s.walkText(text, fail)
	}
	if n := integer(v); n != nil {
		if s.minimum != nil && n.Cmp(s.minimum) < 0 {
			fail("%s is less than the minimum of %s", repr(v), s.minimum)
		}
		if s.maximum != nil && n.Cmp(s.maximum) > 0 {
			fail("%s is greater than the maximum of %s", repr(v), s.maximum)
		}
	}
	if len(s.enum) > 0 && !contains(s.enum, v) {
		fail("%s is not one of ['%s']", repr(v), strings.Join(s.enum, "', '"))
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if s.items != nil {
				s.items.walk(item, depth+1, of, report)
			}
		}
	case *object:
		s.walkObject(v, depth, of, report, fail)
	}
}

func (s *schema) walkText(text string, fail func(string, ...any)) {
	length := utf8.RuneCountInString(text)
	if s.longest > 0 && length > s.longest {
		fail("%s is too long", repr(text))
	}
	if s.nonEmpty && length == 0 {
		fail("%s is too short", repr(text))
	}
}

func (s *schema) walkObject(o *object, depth int, of string, report func(failing), fail func(string, ...any)) {
	for _, p := range s.properties {
		if o.has(p.name) {
			in := of
			if depth == 0 {
				in = p.name
			}
			p.schema.walk(o.get(p.name), depth+1, in, report)
		}
	}
	for _, name := range s.required {
		if !o.has(name) {
			fail("%s is a required property", repr(name))
		}
	}
	if extra := s.extra(o); s.closed && len(extra) > 0 {
		verb := "was"
		if len(extra) > 1 {
			verb = "were"
		}
		fail("Additional properties are not allowed (%s %s unexpected)", strings.Join(extra, ", "), verb)
	}
}

// extra are the members that no property names, quoted.
func (s *schema) extra(o *object) []string {
	var names []string
	for _, name := range o.names {
		if !slices.ContainsFunc(s.properties, func(p property) bool { return p.name == name }) {
			names = append(names, repr(name))
		}
	}
	return names
}

func contains(enum []string, v any) bool {
	text, ok := v.(string)
	return ok && slices.Contains(enum, text)
}

func isType(v any, name string) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case []any:
		return name == "array"
	case *object:
		return name == "object"
	case json.Number:
		return name == "integer" && integer(v) != nil
	}
	return false
}
