package permit

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// ParseTree reads a query in v1's form: a slug, or an object whose only member, "and" or
// "or", is a list of such. Empty text, null and "" ask nothing, as in Unkey; deeper in a
// tree they are no permission. The error is a *SyntaxError.
func ParseTree(text string) (Query, error) {
	if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed == "null" || trimmed == `""` {
		return Query{}, nil
	}
	t := tree{json.NewDecoder(strings.NewReader(text))}
	q, err := t.value(0)
	if err != nil {
		return Query{}, err
	}
	if _, err := t.Token(); !errors.Is(err, io.EOF) {
		return Query{}, t.problem("there is more than one value")
	}
	return q, nil
}

type tree struct{ *json.Decoder }

func (t tree) problem(text string) error { return &SyntaxError{int(t.InputOffset()), text} }

// token returns a string or a json.Delim; nothing else has a place in a query.
func (t tree) token() (json.Token, error) {
	v, err := t.Token()
	if err != nil {
		return nil, t.problem("this is not JSON")
	}
	switch v.(type) {
	case string, json.Delim:
		return v, nil
	}
	return nil, t.problem(wantsTree)
}

const wantsTree = `a permission is a string, {"and": [...]} or {"or": [...]}, which ends`

func (t tree) value(depth int) (Query, error) {
	if depth == maxDepth {
		return Query{}, t.problem("the query is nested too deep")
	}
	v, err := t.token()
	if err != nil {
		return Query{}, err
	}
	if slug, ok := v.(string); ok {
		return Query{op: one, slug: slug}, nil
	}
	if v != json.Delim('{') {
		return Query{}, t.problem(wantsTree)
	}
	name, err := t.token()
	if err != nil {
		return Query{}, err
	}
	op, ok := map[json.Token]operator{"and": all, "or": some}[name]
	if !ok {
		return Query{}, t.problem(wantsTree)
	}
	parts, err := t.list(depth)
	if err != nil {
		return Query{}, err
	}
	if end, err := t.token(); err != nil || end != json.Delim('}') {
		return Query{}, t.problem(wantsTree)
	}
	return join(op, parts), nil
}

func (t tree) list(depth int) (parts []Query, err error) {
	if open, err := t.token(); err != nil || open != json.Delim('[') {
		return nil, t.problem(wantsTree)
	}
	for t.More() {
		q, err := t.value(depth + 1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, q)
	}
	if _, err := t.token(); err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, t.problem("provide at least one permission, in the list that ends")
	}
	return parts, nil
}
