package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/holdplane/holdplane/pkg/spelling"
)

// readYAML returns the top of the one document in a file; nil when there is none.
func readYAML(path string) (*yaml.Node, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	documents := yaml.NewDecoder(f)
	var root, more yaml.Node
	switch err := documents.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	}
	switch err := documents.Decode(&more); {
	case err == nil:
		return nil, fmt.Errorf("line %d: expected one document, and here is another", more.Content[0].Line)
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return root.Content[0], nil
}

// text is a value that stands in the file, or in the environment ({env: NAME}), or in
// another file ({file: PATH}).
type text string

func (t *text) UnmarshalYAML(n *yaml.Node) error {
	s, _, err := resolve(n)
	*t = text(s)
	return err
}

// secret is a text that must not stand in a file which others can read.
type secret struct {
	text    string
	literal bool
}

func (s *secret) UnmarshalYAML(n *yaml.Node) (err error) {
	s.text, s.literal, err = resolve(n)
	return err
}

func resolve(n *yaml.Node) (value string, literal bool, err error) {
	if n.Tag == "!!null" {
		return "", false, nil
	}
	if n.Kind == yaml.ScalarNode {
		return n.Value, true, nil
	}
	var from struct {
		Env  string `yaml:"env"`
		File string `yaml:"file"`
	}
	if err := n.Decode(&from); err != nil || (from.Env == "") == (from.File == "") {
		return "", false, fmt.Errorf("line %d: expected a text, {env: NAME} or {file: PATH}", n.Line)
	}
	if from.File != "" {
		data, err := os.ReadFile(from.File)
		return strings.TrimSpace(string(data)), false, err
	}
	value, ok := os.LookupEnv(from.Env)
	if !ok {
		return "", false, fmt.Errorf("line %d: the environment has no %s", n.Line, from.Env)
	}
	return value, false, nil
}

// checkKeys refuses keys that the type of like has no field for, and names the nearest.
func checkKeys(n *yaml.Node, like any) error { return checkNode(n, reflect.TypeOf(like)) }

func checkNode(n *yaml.Node, t reflect.Type) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if _, own := reflect.New(t).Interface().(yaml.Unmarshaler); own || n.Tag == "!!null" {
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return checkNode(n, t.Elem())
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return fmt.Errorf("line %d: expected a list", n.Line)
		}
		for _, item := range n.Content {
			if err := checkNode(item, t.Elem()); err != nil {
				return err
			}
		}
	case reflect.Struct:
		return checkMembers(n, t)
	}
	return nil
}

func checkMembers(n *yaml.Node, t reflect.Type) error {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" {
			fields[name] = t.Field(i).Type
		}
	}
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: expected a mapping of %s", n.Line, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		field, ok := fields[name]
		if !ok {
			return fmt.Errorf("line %d: there is no %q here; did you mean %q?", n.Content[i].Line, name, spelling.Nearest(name, maps.Keys(fields)))
		}
		if err := checkNode(n.Content[i+1], field); err != nil {
			return err
		}
	}
	return nil
}
