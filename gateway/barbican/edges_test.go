package barbican_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/fault"
)

// Paths, methods, versions and types that there are not. testdata has more.
func TestEdges(t *testing.T) {
	const version = "OpenStack-API-Version"
	for _, tt := range []struct {
		name, call string
		header     []string
		status     int
		says       string
	}{
		{"no token at no path", "GET /v1/none", []string{"X-Auth-Token", ""}, 401, `{"error":{"code":401,"title":"Unauthorized","message":"The request you have made requires authentication."},"code":401,"title":"Unauthorized","description":"The`},
		{"no token for what is elsewhere", "GET /v1/secret-stores/preferred", []string{"X-Auth-Token", ""}, 401, `"error"`},
		{"no token for another method", "PATCH /v1/secrets", []string{"X-Auth-Token", ""}, 401, `"error"`},
		{"no token outside", "GET /v3", []string{"X-Auth-Token", ""}, 404, `{"code":404,"title":"Not Found","description":""}`},
		{"several back ends", "POST /v1/secret-stores/" + one + "/preferred", nil, 404, `"Not Found. Multiple backends support is not enabled in service configuration."`},
		{"authorities", "GET /v1/cas", nil, 404, `{"code":404,"title":"Not Found","description":""}`},
		{"one transport key", "GET /v1/transport_keys/" + one, nil, 404, `"Not Found. Transport Key not found."`},
		{"a secret's consumer", "GET " + secret + "/consumers/" + one, nil, 404, `"description":""`},
		{"a consumer that has no id", "GET " + container + "/consumers/" + strings.ToUpper("abcdefab-0000-4000-8000-000000000000"), nil, 404, `"Not Found. Provided consumer id is invalid."`},
		{"an order to change", "PUT /v1/orders", nil, 405, `"Order update is not supported."`},
		{"an order to change, for JSON", "PUT /v1/orders/", []string{"Accept", "application/json"}, 405, `"Order update is not supported."`},
		{"a payload to change", "PUT " + secret + "/payload", []string{"Accept", "application/json"}, 405, `"description":""`},
		{"a metadatum to make", "POST " + secret + "/metadata/a", []string{"Accept", "application/json"}, 405, `"description":""`},
		{"secrets to change", "PATCH /v1/secrets", []string{"Accept", "application/json"}, 406, `"description":null`},
		{"secrets to change, for whoever takes anything", "PATCH /v1/secrets", []string{"Accept", "text/*;q=0.1"}, 405, `"description":""`},
		{"a new version", "GET /v1/none", []string{version, "key-manager 1.3"}, 406, `Invalid microversion: Unacceptable version header: 1.3","code":"406 Not Acceptable","title":"Not Acceptable"}`},
		{"an old version", "GET /v1/secrets", []string{version, "key-manager 0.9"}, 406, "Unacceptable version header: 0.9"},
		{"half a version", "GET /v1/secrets", []string{version, "key-manager 1"}, 400, `missing 1 required positional argument: 'minor'\n\n","code":"400 Bad Request"`},
		{"no number", "GET /v1/secrets", []string{version, "key-manager 1.x"}, 400, `invalid version string: 1.x; invalid literal for int() with base 10: 'x'`},
		{"the last of two versions", "GET /v1/secrets", []string{version, "key-manager 7.0, key-manager 1.2"}, 200, ""},
		{"health in any version", "GET /healthcheck", []string{version, "key-manager 7.0"}, 200, "OK"},
		{"JSON among others", "GET /v1/secrets", []string{"Accept", "text/html, application/*;q=0.2"}, 200, ""},
		{"no JSON at all", "GET /v1/secrets", []string{"Accept", "application/json;q=0.0"}, 406, `{"code":406,"title":"Not Acceptable","description":null}`},
		{"HTML", "GET /v1/secrets", []string{"Accept", "text/html"}, 406, `"description":null`},
		{"whatever a deletion answers", "DELETE " + container, []string{"Accept", "image/png"}, 204, ""},
		{"another host", "GET /v1/secrets", []string{"X-Forwarded-Host", "evil.example.com"}, 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, over(t, &scripted{}, public), tt.call, "", tt.header...)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.status, tt.says)
			}
			if told := w.Header().Get("Allow") != ""; told != (w.Code == http.StatusMethodNotAllowed) {
				t.Errorf("%d: Allow %q", w.Code, w.Header().Get("Allow"))
			}
			if asks := w.Header().Get("Www-Authenticate") == `Keystone uri="`+public+`/v3"`; asks != (w.Code == http.StatusUnauthorized) {
				t.Errorf("%d: %v", w.Code, w.Header())
			}
		})
	}
}

// Payloads that are read the old way are secrets to what is told of them.
func TestOldPayloads(t *testing.T) {
	c := &scripted{err: fault.InvalidArgument("PAYLOAD_NOT_ACCEPTABLE", "x")}
	w := send(t, over(t, c, public), "GET "+secret, "", "Accept", "text/plain, */*;q=0.5")
	if w.Code != 406 || !strings.Contains(w.Body.String(), "Secret retrieval issue seen - Wrong payload content-type.") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// Bodies that are cut, and those that are refused unread.
func TestLongBodies(t *testing.T) {
	for size, want := range map[int]int{24_000: 200, 30_000: 200, 1<<20 - 100: 200, 1<<20 + 1: 413} {
		w := send(t, over(t, &scripted{}, public), "POST "+container+"/consumers", `{"name":"n","URL":"u"}`+strings.Repeat(" ", size))
		if w.Code != want || want == 413 && !strings.Contains(w.Body.String(), "Provided information too large to process") {
			t.Errorf("%d: got %d %s", size, w.Code, w.Body)
		}
	}
}

// A wrong token is told of before what it came with.
func TestWrongTokenFirst(t *testing.T) {
	for name, tt := range map[string]struct{ call, body string }{
		"no JSON":        {"POST /v1/secrets", "{"},
		"no such member": {"POST /v1/orders", `{"type":1}`},
		"no such limit":  {"GET /v1/secrets?limit=%zz", ""},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := over(t, &scripted{err: fault.Unauthenticated("TOKEN_INVALID", "the token is wrong")}, public)
			if w := send(t, wrong, tt.call, tt.body); w.Code != http.StatusUnauthorized {
				t.Errorf("with a wrong token: %d %s", w.Code, w.Body)
			}
			if w := send(t, over(t, &scripted{}, public), tt.call, tt.body); w.Code != http.StatusBadRequest {
				t.Errorf("with a right token: %d %s", w.Code, w.Body)
			}
			away := over(t, &scripted{err: fault.Unavailable("away")}, public)
			if w := send(t, away, tt.call, tt.body); w.Code != http.StatusBadRequest {
				t.Errorf("while nobody can tell: %d %s", w.Code, w.Body)
			}
		})
	}
}
