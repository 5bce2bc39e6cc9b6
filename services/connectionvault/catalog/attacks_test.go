package catalog_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// attacked has a value in each place there is, with as loose rules as a file may have.
const attacked = `service_id: attacked
name: Attacked
unified_apis: [crm]
auth_type: oauth2
oauth:
  grant: authorization_code
  authorize_url: https://{label}.acme.example/a
  token_url: https://{loose}.acme.example:8443/a
  refresh_url: https://api.acme.example/a/{segment}/{part}/b?q={query}&r=1
  revoke_url: "{origin}/a"
  copy: {callback: {segment: segment}}
required_for_authorization: [label, loose]
fields:
  - {id: label, label: Label}
  - {id: loose, label: Loose, pattern: "^(?s:.*)$"}
  - {id: part, label: Part}
  - {id: query, label: Query}
  - {id: origin, label: Origin, pattern: '^(?s:.*)\.acme\.example$'}
`

// attacks are values that try to lead a URL elsewhere.
var attacks = []string{
	"evil.example/", "evil.example/x", "a/", "/", "//evil.example", `\`, `evil.example\`, "me@evil.example", "@evil.example", "a:b@evil.example",
	"a:80", ":80", ":", "a?", "?", "?x=", "#", "a#", "evil.example#", "evil.example?", "evil.example:443/",
	"%2f", "a%2fb", "%2e%2e", "%40", "%00", "%", "%zz", "evil.example%2f", "..", ".", "a..b", ".a", "a.", "a.evil.example.", "../..",
	"a\r\nHost: evil.example", "a\n", "\r", "\t", "a b", " a", "a ", "\x00", "\x7f", "a\u0000",
	"é", "а", "a。b", "a．b", "a｡b", "ａ", "a⁄b", "a／b", "a\u200bb", "\u202e", "ﬀ", "ß", "K", "\xff", "\xc0\xaf",
	"A", "UPPER", "-a", "a-", "-", "_", "a_b", "[::1]", "::1", "{label}", "{", "}", "$(id)", "a;b", "a,b", "a|b", "a&b", "a=b", "a+b", "*", "!", "'", `"`, "<", "`",
	"https://evil.example", "http://a.acme.example", "javascript:a", "https://evil.example/.acme.example", "https://evil.example?.acme.example",
	"https://evil.example#.acme.example", "https://me@evil.example:443/.acme.example", "https://evil.example\\.acme.example", "https://me@x.acme.example",
	"https://evil.example\r\n.acme.example", "HTTPS://x.acme.example", "https:x.acme.example", "https:///x.acme.example", "https://.acme.example", "https://x..acme.example",
	strings.Repeat("a", 64), strings.Repeat("a.", 126) + "a", strings.Repeat("a", 1<<16),
}

func attackedConnector(t testing.TB) *catalog.Connector {
	t.Helper()
	return connector(t, load(t, write(t, "mine.yaml", attacked)), "attacked")
}

// TestAttacksOnHosts has no attack stand in a host, not even with the loosest pattern.
func TestAttacksOnHosts(t *testing.T) {
	c := attackedConnector(t)
	if got, err := c.URL(catalog.AuthorizeURL, map[string]string{"label": "a.b"}); err == nil {
		t.Errorf("two labels where no rule allows them give %s", got)
	}
	for _, value := range attacks {
		for id, e := range map[string]catalog.Endpoint{"label": catalog.AuthorizeURL, "loose": catalog.TokenURL, "origin": catalog.RevokeURL} {
			if got, err := c.URL(e, map[string]string{id: value}); err == nil {
				t.Errorf("%s %q gives %s", id, value, got)
			}
		}
	}
}

// TestAttacksOnPaths has each attack refused, or stand in its place and nowhere else.
func TestAttacksOnPaths(t *testing.T) {
	c := attackedConnector(t)
	for _, value := range attacks {
		inPlace(t, c, "s", value, "q")
		inPlace(t, c, "s", "p", value)
		// What the provider tells is a plain word where no field says more.
		if inPlace(t, c, value, "p", "q") && strings.ContainsAny(value, "/%:@?#\\") {
			t.Errorf("the provider may tell %q", value)
		}
	}
	if !inPlace(t, c, "s", "a/b?c#d %2f", "a&b=c#d %2f+") {
		t.Error("what can be escaped is refused")
	}
}

// inPlace says whether values make a URL, and sees that they stand where they should.
func inPlace(t testing.TB, c *catalog.Connector, segment, part, query string) bool {
	t.Helper()
	got, err := c.URL(catalog.RefreshURL, map[string]string{"segment": segment, "part": part, "query": query})
	if err != nil {
		return false
	}
	u, err := url.Parse(got)
	if err != nil || u.Scheme != "https" || u.Host != "api.acme.example" || u.User != nil || u.Fragment != "" {
		t.Fatalf("%q, %q and %q give %s: %v", segment, part, query, got, err)
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.Path != "/a/"+segment+"/"+part+"/b" || strings.Count(u.EscapedPath(), "/") != 4 || len(values) != 2 || values.Get("q") != query || values.Get("r") != "1" {
		t.Errorf("%q, %q and %q give %s: %v", segment, part, query, got, err)
	}
	return true
}

// FuzzURL looks for settings that make a URL end elsewhere than its file says.
func FuzzURL(f *testing.F) {
	c := attackedConnector(f)
	for _, value := range append([]string{"a", "acme", "a.b", "https://x.acme.example"}, attacks...) {
		f.Add(value, "q")
		f.Add("s", value)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for id, e := range map[string]catalog.Endpoint{"label": catalog.AuthorizeURL, "loose": catalog.TokenURL, "origin": catalog.RevokeURL} {
			got, err := c.URL(e, map[string]string{id: a})
			if err != nil {
				continue
			}
			u, err := url.Parse(got)
			if err != nil || u.Scheme != "https" || !strings.HasSuffix(u.Hostname(), ".acme.example") || u.User != nil || u.Path != "/a" || u.RawQuery != "" || u.Fragment != "" {
				t.Errorf("%s %q gives %s: %v", id, a, got, err)
			}
		}
		inPlace(t, c, a, b, b)
	})
}
