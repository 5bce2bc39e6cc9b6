package gatewaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// variables hold the values of {{name}}.
type variables map[string]string

var placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)

// fill puts values in place of names. One without a value stays, and shows in the
// failure it leads to.
func (v variables) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		if value, ok := v[strings.Trim(p, "{}")]; ok {
			return value
		}
		return p
	})
}

// match compares text with a pattern of literals and placeholders, and gives those
// without a value the text they met.
func (v variables) match(pattern, text string) bool {
	if pattern == text {
		return true // which need not be UTF-8
	}
	if !utf8.ValidString(pattern) {
		return false
	}
	var expr strings.Builder
	var names []string
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(pattern, -1) {
		expr.WriteString(regexp.QuoteMeta(pattern[at:m[0]]))
		at = m[1]
		name := pattern[m[2]:m[3]]
		if value, ok := v[name]; ok && name != "_" {
			expr.WriteString(regexp.QuoteMeta(value))
			continue
		}
		expr.WriteString("(.+?)")
		names = append(names, name)
	}
	expr.WriteString(regexp.QuoteMeta(pattern[at:]))
	found := regexp.MustCompile(`(?s)\A` + expr.String() + `\z`).FindStringSubmatch(text)
	if found == nil {
		return false
	}
	for i, name := range names {
		if name != "_" {
			v[name] = found[i+1]
		}
	}
	return true
}

// compareBody compares as JSON what the recording has as JSON.
func compareBody(want, got string, vars variables) error {
	wantValue, err := decode(want)
	if err != nil { // text, or nothing
		if !vars.match(want, got) {
			return errors.New("the texts differ")
		}
		return nil
	}
	gotValue, err := decode(got)
	if err != nil {
		return fmt.Errorf("it is not JSON: %w", err)
	}
	return compare("", wantValue, gotValue, vars)
}

func compare(path string, want, got any, vars variables) error {
	switch want := want.(type) {
	case map[string]any:
		return compareObject(path, want, got, vars)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Errorf("%s: got %v, want %d elements", path, got, len(want))
		}
		for i := range want {
			if err := compare(fmt.Sprintf("%s[%d]", path, i), want[i], list[i], vars); err != nil {
				return err
			}
		}
		return nil
	case string:
		if text, ok := got.(string); !ok || !vars.match(want, text) {
			return fmt.Errorf("%s: got %v, want %q", path, got, want)
		}
		return nil
	}
	if want != got { // null, booleans, and numbers as spelled
		return fmt.Errorf("%s: got %v, want %v", path, got, want)
	}
	return nil
}

func compareObject(path string, want map[string]any, got any, vars variables) error {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: got %v, want an object", path, got)
	}
	for name := range object {
		if _, ok := want[name]; !ok {
			return fmt.Errorf("%s.%s: is not in the recording", path, name)
		}
	}
	for name, value := range want {
		has, ok := object[name]
		if !ok {
			return fmt.Errorf("%s.%s: is missing", path, name)
		}
		if err := compare(path+"."+name, value, has, vars); err != nil {
			return err
		}
	}
	return nil
}

// decode reads one JSON value and keeps numbers as they are spelled.
func decode(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the value")
	}
	return v, nil
}
