package pages

import (
	"strconv"
	"strings"
)

// The languages of pages, as HTML names them.
const (
	english = "en"
	german  = "de"
)

func (v *visit) words() *words {
	if v.language == german {
		return &germanWords
	}
	return &englishWords
}

// speak has the visit go on in the language of a locale, such as de-DE, if there are words
// of it.
func (v *visit) speak(locale string) {
	if l := languageOf(locale); l != "" {
		v.language = l
	}
}

// languageOf returns the language of a locale, or "" if there are no words of it.
func languageOf(locale string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(locale), "-")
	switch first = strings.ToLower(first); first {
	case english, german:
		return first
	}
	return ""
}

// preferred returns the language that an Accept-Language header wants most, the first of
// equals; English where it wants none of them.
func preferred(header string) string {
	best, most := english, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, parameter, _ := strings.Cut(part, ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		if l := languageOf(tag); l != "" && weight > most {
			best, most = l, weight
		}
	}
	return best
}
