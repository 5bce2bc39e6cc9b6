package permit

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads a query in v2's form: slugs joined by AND and OR in any case, of which AND
// binds closer, and parentheses. The error is a *SyntaxError.
func Parse(text string) (Query, error) {
	p := parser{text: text}
	p.next()
	q, err := p.alternatives(0)
	if err == nil && p.token != "" {
		err = p.unexpected("AND, OR or the end")
	}
	if err != nil {
		return Query{}, err
	}
	return q, nil
}

// parser looks at one token at a time.
type parser struct {
	text string
	// token is the current one, empty at the end; at is where it begins, and end where it
	// ends.
	token   string
	at, end int
}

// next goes on to the next token: a parenthesis, a word, or a character that belongs to
// neither.
func (p *parser) next() {
	p.at = p.end
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	p.end = p.at
	for p.end < len(p.text) && isSlug(p.text[p.end]) {
		p.end++
	}
	if p.end == p.at && p.at < len(p.text) {
		_, size := utf8.DecodeRuneInString(p.text[p.at:])
		p.end += size
	}
	p.token = p.text[p.at:p.end]
}

// isSlug tells whether a slug may have c. Queries may have slashes, too, though no
// permission can be made with one.
func isSlug(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("_:.*/-", c) >= 0
}

func (p *parser) isWord(word string) bool { return strings.EqualFold(p.token, word) }

func (p *parser) alternatives(depth int) (Query, error) {
	return p.joined(some, "OR", func() (Query, error) {
		return p.joined(all, "AND", func() (Query, error) { return p.term(depth) })
	})
}

func (p *parser) joined(op operator, word string, part func() (Query, error)) (Query, error) {
	var parts []Query
	for {
		q, err := part()
		if err != nil {
			return Query{}, err
		}
		parts = append(parts, q)
		if !p.isWord(word) {
			return join(op, parts), nil
		}
		p.next()
	}
}

func (p *parser) term(depth int) (Query, error) {
	switch {
	case p.token == "(" && depth == maxDepth:
		return Query{}, &SyntaxError{p.at, "parentheses are nested too deep"}
	case p.token == "(":
		p.next()
		q, err := p.alternatives(depth + 1)
		if err == nil && p.token != ")" {
			err = p.unexpected("AND, OR or )")
		}
		p.next()
		return q, err
	case p.token == "" || !isSlug(p.token[0]) || p.isWord("AND") || p.isWord("OR"):
		return Query{}, p.unexpected("a permission or (")
	}
	q := Query{op: one, slug: p.token}
	p.next()
	return q, nil
}

func (p *parser) unexpected(wanted string) error {
	found := "the end"
	if p.token != "" {
		found = fmt.Sprintf("%q", p.token)
	}
	return &SyntaxError{p.at, fmt.Sprintf("found %s where %s belongs,", found, wanted)}
}
