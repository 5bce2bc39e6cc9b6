package language_test

import (
	"testing"

	"github.com/holdplane/holdplane/gateway/language"
)

func TestOf(t *testing.T) {
	for locale, want := range map[string]string{
		"de": "de", "de-AT": "de", " EN-gb ": "en", "nl": "", "": "", "deutsch": "", "de_DE": "",
	} {
		if got := language.Of(locale); got != want {
			t.Errorf("%q: got %q, want %q", locale, got, want)
		}
	}
}

func TestPreferred(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "de": "de", "fr, de;q=0.3, en;q=0.2": "de", "de;q=0": "en", "en;q=0.5,de": "de", "de;q=x": "en",
	} {
		if got := language.Preferred(header); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}
