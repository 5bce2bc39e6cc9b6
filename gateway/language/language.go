// Package language picks the one that pages for people are in, of those that they have words
// of.
package language

import (
	"strconv"
	"strings"
)

// The languages of pages, as HTML names them.
const (
	English = "en"
	German  = "de"
)

// Of returns the language of a locale, such as de-DE, or "" if there are no words of it.
func Of(locale string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(locale), "-")
	switch first = strings.ToLower(first); first {
	case English, German:
		return first
	}
	return ""
}

// Preferred returns the language that an Accept-Language header wants most, the first of
// equals; English where it wants none of them.
func Preferred(header string) string {
	best, most := English, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, parameter, _ := strings.Cut(part, ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		if l := Of(tag); l != "" && weight > most {
			best, most = l, weight
		}
	}
	return best
}
