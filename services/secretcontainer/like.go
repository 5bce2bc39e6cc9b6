package secretcontainer

import (
	"strings"
	"unicode"
)

// maxLike is how many characters a text has at most that a pattern is compared with.
const maxLike = 255

// pattern is one of SQL's LIKE: % stands for any text, _ for a character, and case doesn't
// count. Nothing escapes them.
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
	return text != nil && isLike([]rune(strings.ToLower(*text)), p)
}

// isLike tells whether a text is like a pattern, where % is any text and _ any character. It
// goes back to the last % only, so that it takes no more than the product of both lengths.
func isLike(text, pattern []rune) bool {
	at, back, from := 0, -1, 0
	for i := 0; i < len(text); {
		switch {
		case at < len(pattern) && pattern[at] == '%':
			back, from = at, i
			at++
		case at < len(pattern) && (pattern[at] == '_' || pattern[at] == text[i]):
			at++
			i++
		case back >= 0:
			from++
			at, i = back+1, from
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == '%' {
		at++
	}
	return at == len(pattern)
}
