package pages

import "github.com/holdplane/holdplane/gateway/language"

func (v *visit) words() *words {
	if v.language == language.German {
		return &germanWords
	}
	return &englishWords
}

// speak has the visit go on in the language of a locale, such as de-DE, if there are words
// of it.
func (v *visit) speak(locale string) {
	if l := language.Of(locale); l != "" {
		v.language = l
	}
}
