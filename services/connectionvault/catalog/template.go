package catalog

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"
)

// text is literals with {name}s between them.
type text []part

// part is a literal, or a name in whose place a setting's value comes.
type part struct {
	text string
	name bool
}

// template is a URL with {name}s.
type template struct {
	// scheme is empty when the URL begins with a name: its value is scheme and host.
	scheme string
	host   text // with the port
	path   text
	query  text // with its question mark
}

var (
	idPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)
	// foreign finds what stands in no URL as it is, and the # of a fragment.
	foreign = regexp.MustCompile("[^!-~]|[#\"<>\\\\^`|]")
	// urlShape has no place for user information, and for names none in the port.
	urlShape = regexp.MustCompile(`^(?:(https?)://((?:[a-z0-9.-]|\{[^{}]*\})+(?::[0-9]{1,5})?)|(\{[^{}]*\}))(/[^?]*)?(\?.*)?$`)
)

// parseText cuts a text at its {name}s.
func parseText(s string) (text, error) {
	var t text
	for s != "" {
		literal, rest, open := strings.Cut(s, "{")
		if strings.Contains(literal, "}") {
			return nil, errors.New("has a } without its {")
		}
		if literal != "" {
			t = append(t, part{text: literal})
		}
		if !open {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || !idPattern.MatchString(name) {
			return nil, fmt.Errorf("has {%s, which is no {field}", name)
		}
		t = append(t, part{text: name, name: true})
		s = after
	}
	return t, nil
}

// parseURL reads an absolute URL with {name}s in host, path and query.
func parseURL(s string) (template, error) {
	if bad := foreign.FindString(s); bad != "" {
		return template{}, fmt.Errorf("has %q, which cannot stand in it", bad)
	}
	m := urlShape.FindStringSubmatch(s)
	if m == nil {
		return template{}, errors.New("is no URL such as https://host/path with a lower-case host")
	}
	t := template{scheme: m[1]}
	var errs [3]error
	t.host, errs[0] = parseText(m[2] + m[3])
	t.path, errs[1] = parseText(m[4])
	t.query, errs[2] = parseText(m[5])
	return t, errors.Join(errs[:]...)
}

// names are those of all parts of a URL.
func (t template) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, in := range []text{t.host, t.path, t.query} {
			for name := range in.names() {
				if !yield(name) {
					return
				}
			}
		}
	}
}

func (t text) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range t {
			if p.name && !yield(p.text) {
				return
			}
		}
	}
}

// fill puts values in the places of names.
func (t text) fill(value func(name string) (string, error)) (string, error) {
	var b strings.Builder
	for _, p := range t {
		s := p.text
		if p.name {
			var err error
			if s, err = value(p.text); err != nil {
				return "", err
			}
		}
		b.WriteString(s)
	}
	return b.String(), nil
}
