package permit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/permit"
)

var held = []string{"a", "b", "c:d", "dns.*.read", "x/y"}

func TestText(t *testing.T) {
	for text, want := range map[string]bool{
		"a":                   true,
		"z":                   false,
		"a AND b":             true,
		"a AND z":             false,
		"z OR a":              true,
		"z OR y":              false,
		"a OR z AND z":        true, // AND binds closer
		"(a OR z) AND z":      false,
		"z AND z OR a":        true,
		"z and (a or b)":      false,
		"a And(b Or z)":       true,
		" \t\r\n( ( a ) ) ":   true,
		"c:d AND dns.*.read":  true,
		"dns.*":               false, // no wildcard
		"x/y":                 true,
		"ANDROID OR a":        true,
		"a AND ORACLE":        false,
		"a AND a AND a AND a": true,
		"z OR z OR z OR b":    true,
		strings.Repeat("(", 64) + "a" + strings.Repeat(")", 64): true,
	} {
		q, err := permit.Parse(text)
		if err != nil || q.Permits(held) != want {
			t.Errorf("%q: %v, %v, want %v", text, q.Permits(held), err, want)
		}
	}
}

func TestTextErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "found the end where a permission or ( belongs, at position 0",
		"   ":                     "found the end where a permission or ( belongs, at position 3",
		"a @ b":                   "found \"@\" where AND, OR or the end belongs, at position 2",
		"a b":                     "found \"b\" where AND, OR or the end belongs, at position 2",
		"a AND":                   "found the end where a permission or ( belongs, at position 5",
		"AND a":                   "found \"AND\" where a permission or ( belongs, at position 0",
		"a or or b":               "found \"or\" where a permission or ( belongs, at position 5",
		"(a AND b":                "found the end where AND, OR or ) belongs, at position 8",
		"a)":                      "found \")\" where AND, OR or the end belongs, at position 1",
		"()":                      "found \")\" where a permission or ( belongs, at position 1",
		"a AND é":                 "found \"é\" where a permission or ( belongs, at position 6",
		"a\x00":                   "found \"\\x00\" where AND, OR or the end belongs, at position 1",
		strings.Repeat("(", 1000): "parentheses are nested too deep at position 64",
	} {
		_, err := permit.Parse(text)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestTree(t *testing.T) {
	for text, want := range map[string]bool{
		"":                               true,
		"null":                           true,
		` "" `:                           true,
		`"a"`:                            true,
		`"z"`:                            false,
		`"a AND b"`:                      false,
		`{"and": ["a", "b"]}`:            true,
		`{"and": ["a", "z"]}`:            false,
		`{"and": ["a", ""]}`:             false,
		`{"or": ["z", "b"]}`:             true,
		`{"or": ["z"]}`:                  false,
		`{"or":["z",{"and":["a","b"]}]}`: true,
		`{"and":["a",{"or":["z","y"]}]}`: false,
		strings.Repeat(`{"or":[`, 63) + `"a"` + strings.Repeat(`]}`, 63): true,
	} {
		q, err := permit.ParseTree(text)
		if err != nil || q.Permits(held) != want {
			t.Errorf("%s: %v, %v, want %v", text, q.Permits(held), err, want)
		}
	}
}

func TestTreeErrors(t *testing.T) {
	for _, text := range []string{
		`1`, `true`, `[]`, `["a"]`, `{}`, `{"and":[]}`, `{"and":"a"}`, `{"and":["a"],"or":["b"]}`, `{"and":["a"],"and":["b"]}`,
		`{"AND":["a"]}`, `{"not":["a"]}`, `{"and":[null]}`, `{"and":[["a"]]}`, `{"and":["a"]`, `{"and":["a"}`, `"a" "b"`, `"a"]`,
		`{"and":["a",]}`, `{`, `a`, "\xff", strings.Repeat(`{"or":[`, 64) + `"a"` + strings.Repeat(`]}`, 64), strings.Repeat("[", 5000),
	} {
		q, err := permit.ParseTree(text)
		if syntax := (*permit.SyntaxError)(nil); !errors.As(err, &syntax) || syntax.Position > len(text) {
			t.Errorf("%s: %v, %v", text, q, err)
		}
	}
}

// FuzzQueries looks for panics and for queries whose answer hangs on their spelling.
func FuzzQueries(f *testing.F) {
	for _, seed := range []string{"a AND (b OR c)", "((a", "a or b and c", `{"and":["a",{"or":["b"]}]}`, `"a"`, "é", `{"or":[null]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if tree, err := permit.ParseTree(text); err == nil {
			tree.Permits(held)
		}
		q, err := permit.Parse(text)
		if err != nil {
			return
		}
		spaced, err := permit.Parse("( " + strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text) + " )")
		if err != nil && strings.Count(text, "(") < 64 || err == nil && spaced.Permits(held) != q.Permits(held) {
			t.Errorf("%q: %v with more space", text, err)
		}
	})
}
