package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// seed002 asks what Barbican's reference of consumers asks. The answers are those printed
// there but for dates, ids and the host. What it prints as sent and as answered differs in
// letter case; here the request has what the answer has. The backslash in limit=1\&offset=1 is
// of the page's making.
func (s server) seed002(t *testing.T) {
	k := s.keyManager(t, "creator")
	secret := k.made(t, "/v1/secrets", `{"name":"a key"}`, "secret_ref")
	newContainer := func() string {
		body := fmt.Sprintf(`{"type":"generic","name":"container name","secret_refs":[{"name":"private_key","secret_ref":%q}]}`, secret)
		return k.path(t, k.made(t, "/v1/containers", body, "container_ref")) + "/consumers"
	}
	many := newContainer()
	for _, body := range []string{
		`{"name":"consumername3","URL":"consumerURL3"}`, `{"name":"consumername","URL":"consumerurl"}`, `{"name":"consumername2","URL":"consumerURL2"}`,
	} {
		k.ok(t, http.MethodPost, many, body)
	}
	k.printed002(t, "list", k.ok(t, http.MethodGet, many, ""))
	k.printed002(t, "page", k.ok(t, http.MethodGet, many+"?limit=1&offset=1", ""))

	one := newContainer()
	k.printed002(t, "create", k.ok(t, http.MethodPost, one, `{"name":"consumername","url":"consumerURL"}`))
	k.printed002(t, "create", k.ok(t, http.MethodPost, one, `{"name":"consumername","URL":"consumerURL"}`))
	k.printed002(t, "delete", k.ok(t, http.MethodDelete, one, `{"name":"consumername","URL":"consumerURL"}`))
	r := k.do(t, call{method: http.MethodDelete, path: one, header: k.header, body: `{"name":"consumername","URL":"consumerURL"}`})
	equal(t, r.body, `{"code":404,"title":"Not Found","description":"Consumer not found."}`)
	if r.status != http.StatusNotFound {
		t.Errorf("status %d, want 404", r.status)
	}
	k.refused002(t, many)
}

// refused002 asks as who may not.
func (k keyManager) refused002(t *testing.T, path string) {
	t.Helper()
	foreign := k.server
	foreign.project = *k.project.foreign
	for want, header := range map[int]http.Header{
		http.StatusUnauthorized: {"X-Auth-Token": {"unknown"}},
		http.StatusForbidden:    foreign.keyManager(t, "creator").header,
	} {
		for method, body := range map[string]string{
			http.MethodGet:    "",
			http.MethodPost:   `{"name":"consumername","URL":"consumerURL"}`,
			http.MethodDelete: `{"name":"consumername","URL":"consumerurl"}`,
		} {
			if r := k.do(t, call{method: method, path: path, header: header, body: body}); r.status != want {
				t.Errorf("%s: status %d, want %d: %s", method, r.status, want, r.body)
			}
		}
	}
}

// What differs between two servers. One of the printed ids is no UUID, and one is a name.
var (
	date002 = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?"`)
	id002   = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|\{container_ref\}`)
)

// printed002 wants an answer that is printed in the reference.
func (k keyManager) printed002(t *testing.T, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("seed002", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	plain := func(answer []byte, host string) string {
		text := strings.ReplaceAll(string(answer), host, "HOST")
		return id002.ReplaceAllString(date002.ReplaceAllString(text, `DATE"`), "ID")
	}
	equal(t, []byte(plain(got, k.baseURL)), plain(want, "http://localhost:9311"))
}
