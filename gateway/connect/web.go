package connect

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// web reads an address on the web. The service has allowed it; that it is of no other kind
// is seen to here, too.
func web(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return nil, false
	}
	strange := func(r rune) bool { return r > unicode.MaxASCII || strings.ContainsRune("\"'<>\\;, ", r) }
	return u, !strings.ContainsFunc(u.Host, strange)
}

// originForm is an origin as browsers name it: nothing in it ends a header or a policy.
var originForm = regexp.MustCompile(`^https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:[0-9]{1,5})?$`)

// origins are those of texts that are origins.
func origins(texts []string) []string {
	var all []string
	for _, text := range texts {
		if originForm.MatchString(text) {
			all = append(all, text)
		}
	}
	return all
}
