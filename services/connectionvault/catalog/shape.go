package catalog

import (
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/holdplane/holdplane/pkg/spelling"
)

// shape says where a node is not of a type: keys it has no field for, keys given twice,
// lists and texts in each other's place.
func (d document) shape(n *yaml.Node, t reflect.Type) []error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return []error{d.problem(n, "anchors and aliases are not for this file; write it out")}
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return d.shape(n, t.Elem())
	case t == reflect.TypeFor[Option]() && n.Kind == yaml.ScalarNode, t == reflect.TypeFor[netip.Prefix](), t.Kind() != reflect.Slice && t.Kind() != reflect.Map && t.Kind() != reflect.Struct:
		return d.scalar(n, t)
	case t.Kind() == reflect.Slice:
		return d.list(n, t.Elem())
	}
	return d.mapping(n, t)
}

func (d document) list(n *yaml.Node, item reflect.Type) []error {
	if n.Kind != yaml.SequenceNode {
		return []error{d.problem(n, "expected a list")}
	}
	var problems []error
	for _, c := range n.Content {
		problems = append(problems, d.shape(c, item)...)
	}
	return problems
}

// mapping holds a node against a struct, or a map of texts.
func (d document) mapping(n *yaml.Node, t reflect.Type) []error {
	known := fieldTypesOf(t)
	if n.Kind != yaml.MappingNode {
		if known == nil {
			return []error{d.problem(n, "expected a mapping of texts")}
		}
		return []error{d.problem(n, "expected a mapping of %s", strings.Join(slices.Sorted(maps.Keys(known)), ", "))}
	}
	var problems []error
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		of, ok := known[key.Value]
		if known == nil {
			of, ok = t.Elem(), true
		}
		switch {
		case seen[key.Value]:
			problems = append(problems, d.problem(key, "%q is here twice", key.Value))
		case !ok:
			problems = append(problems, d.problem(key, "there is no %q here; did you mean %q?", key.Value, spelling.Nearest(key.Value, maps.Keys(known))))
		default:
			problems = append(problems, d.shape(value, of)...)
		}
		seen[key.Value] = true
	}
	return problems
}

// fieldTypesOf are the types of a struct's keys; nil of a map.
func fieldTypesOf(t reflect.Type) map[string]reflect.Type {
	if t.Kind() != reflect.Struct {
		return nil
	}
	known := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" {
			known[name] = t.Field(i).Type
		}
	}
	return known
}

func (d document) scalar(n *yaml.Node, t reflect.Type) []error {
	expected := ""
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null":
		expected = "a text; to give none, leave the key out or write \"\""
	case n.ShortTag() == "!!binary":
		expected = "a text, not !!binary"
	case t == reflect.TypeFor[time.Duration]():
		if _, err := time.ParseDuration(n.Value); err != nil {
			expected = "a duration such as 60s"
		}
	case t == reflect.TypeFor[netip.Prefix]():
		if p, err := netip.ParsePrefix(n.Value); err != nil || p != p.Masked() {
			expected = "a network such as 10.1.0.0/16"
		}
	case t.Kind() == reflect.Bool && n.ShortTag() != "!!bool":
		expected = "true or false"
	case t.Kind() == reflect.Int:
		if _, err := strconv.ParseInt(n.Value, 10, 32); err != nil {
			expected = "a whole number"
		}
	}
	if expected == "" {
		return nil
	}
	return []error{d.problem(n, "expected %s", expected)}
}
