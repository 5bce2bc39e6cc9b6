package pages

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// donePage is the body of the page behind the last form.
type donePage struct {
	Text string
	// Codes are recovery codes, which are never shown again.
	Codes []string
	// Next is where to go on, and Host its name; empty for nowhere.
	Next, Host string
}

// done answers that a link has done its work.
func (v *visit) done(said notice, codes []string, redirect string) error {
	d := donePage{Text: said.Text, Codes: codes}
	if u, ok := web(redirect); ok {
		d.Next, d.Host = u.String(), u.Host
	}
	return v.show(http.StatusOK, "done", said.Title, d)
}

// web reads an address on the web. The service has allowed it; that it is of no other kind
// is seen to here, too.
func web(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return nil, false
	}
	strange := func(r rune) bool { return r > unicode.MaxASCII || strings.ContainsRune(`"'<>\`, r) }
	return u, !strings.ContainsFunc(u.Host, strange)
}
