package connect

import (
	"net/url"
	"slices"

	"github.com/holdplane/holdplane/gateway/language"
)

// look is what whoever opens a page says of how it is shown: parameters of its address, which
// stay as links are followed.
type look struct {
	language string
	// Frame is in a frame, so providers' pages open beside it.
	Frame bool
	// Consumer is shown.
	Consumer bool
	// Switch is between languages.
	Switch bool
	origin string // of the page that opened it
	api    string // the only one that is shown
}

// readLook reads what it understands.
func readLook(q url.Values) look {
	l := look{
		language: language.Of(q.Get("locale")), Frame: q.Get("frame") == "1",
		Consumer: q.Get("consumer") == "1", Switch: q.Get("switch") == "1",
		origin: q.Get("origin"), api: q.Get("only"),
	}
	if len(l.api) > 64 {
		l.api = ""
	}
	return l
}

// narrow forgets an origin that is not one of the session's.
func (l *look) narrow(known []string) {
	if !slices.Contains(known, l.origin) {
		l.origin = ""
	}
}

// values are what links repeat.
func (l look) values() url.Values {
	q := url.Values{}
	for name, on := range map[string]bool{"frame": l.Frame, "consumer": l.Consumer, "switch": l.Switch} {
		if on {
			q.Set(name, "1")
		}
	}
	for name, text := range map[string]string{"locale": l.language, "origin": l.origin, "only": l.api} {
		if text != "" {
			q.Set(name, text)
		}
	}
	return q
}

// at is the address of one of the session's pages, with more parameters as pairs.
func (v *visit) at(segments []string, pairs ...string) string {
	path := v.base + sessionPath + "/" + v.open.token
	for _, s := range segments {
		path += "/" + url.PathEscape(s)
	}
	q := v.look.values()
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// tongue is a language that the page can be shown in instead.
type tongue struct{ Name, Language, Href string }

// Tongues are the other languages; none where they are not to be shown.
func (s sheet) Tongues() []tongue {
	if !s.look.Switch || s.open == nil {
		return nil
	}
	other := tongue{Name: "Deutsch", Language: language.German}
	if s.language == language.German {
		other = tongue{Name: "English", Language: language.English}
	}
	other.Href = s.at(s.segments[1:], "locale", other.Language)
	return []tongue{other}
}

// Audience are the origins that hear what happens on the page.
func (s sheet) Audience() []string {
	switch {
	case s.open == nil:
		return nil
	case s.look.origin != "":
		return []string{s.look.origin}
	}
	return s.open.origins
}
