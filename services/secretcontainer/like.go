package secretcontainer

import "unicode"

// maxLike is how many characters a text has at most that a pattern is compared with.
const maxLike = 255

// pattern is one of SQL's LIKE: % stands for any text, _ for a character, and case doesn't
// count. Nothing escapes them. Compared with a text of a hundred characters it costs
// microseconds, whoever made it.
type pattern []rune

// newPattern returns no pattern, which matches all, for no text. Of one that is longer than
// any text it keeps so much that it matches none.
func newPattern(text string) pattern {
	var p pattern
	fixed := 0
	for _, r := range text {
		switch {
		case fixed > maxLike:
			return p
		case r != '%':
			fixed++
		case len(p) > 0 && p[len(p)-1] == '%':
			continue
		}
		p = append(p, unicode.ToLower(r))
	}
	return p
}

// matches tells whether a text is like the pattern; one that is absent never is.
func (p pattern) matches(text *string) bool {
	if len(p) == 0 {
		return true
	}
	return text != nil && p.like([]rune(*text))
}

// like goes back to the last % only: what an earlier one stands for need not change.
func (p pattern) like(text []rune) bool {
	at, in := 0, 0
	wild, from := -1, 0
	for in < len(text) {
		switch {
		case at < len(p) && p[at] == '%':
			wild, from = at, in
			at++
		case at < len(p) && (p[at] == '_' || p[at] == unicode.ToLower(text[in])):
			at++
			in++
		case wild >= 0:
			from++
			at, in = wild+1, from
		default:
			return false
		}
	}
	for at < len(p) && p[at] == '%' {
		at++
	}
	return at == len(p)
}
