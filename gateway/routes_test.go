package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway"
)

// A route's further bindings may have methods of their own. Each leads to it, and Allow
// lists them all.
func TestBindingsOfOtherMethods(t *testing.T) {
	d := sample()
	d.Status = nil
	d.Services = []gateway.Service{routed(t, "PUT /v1/things/{id}", "PATCH /v1/things/{id}", "PATCH /v1/stuff/{id}"), routed(t, "DELETE /v1/things/{id}")}
	f := start(t, &service{}, dialects(d))
	for _, tt := range []struct {
		method, path string
		route        string // where the request gets; empty when it gets nowhere
		allow        string
	}{
		{"PUT", "/v1/things/1", "/v1/things/{id}", ""},
		{"PATCH", "/v1/things/1", "/v1/things/{id}", ""},
		{"PATCH", "/v1/stuff/1", "/v1/things/{id}", ""},
		{"DELETE", "/v1/things/1", "/v1/things/{id}", ""},
		{"PUT", "/v1/stuff/1", "", "PATCH"},
		{"GET", "/v1/things/1", "", "DELETE, PATCH, PUT"},
	} {
		w := f.do(tt.method, tt.path, nil)
		lines := f.lines(t)
		got, _ := lines[len(lines)-1]["route"].(string)
		if got = strings.TrimPrefix(got, "unmatched"); got != tt.route || w.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s: got to %q, allowed %q, want %q and %q", tt.method, tt.path, got, w.Header().Get("Allow"), tt.route, tt.allow)
		}
	}
}

// What can be no value of a path's fields names nothing; no service is asked. An id has
// one spelling.
func TestValuesInPaths(t *testing.T) {
	d := sample()
	d.Status = nil
	d.Services = []gateway.Service{routed(t, "/v1/texts/{a}"), routed(t, "/v1/numbers/{n}"), routed(t, "/v1/ids/{id}/x"), routed(t, "/v1/files/{a=**}")}
	f := start(t, &service{}, dialects(d))
	for path, fits := range map[string]bool{
		"/v1/texts/abc": true, "/v1/texts/%C3%A4%00": true, "/v1/texts/%ff": false, "/v1/texts/a%C0%80": false, "/v1/texts/": false,
		"/v1/numbers/0": true, "/v1/numbers/-2147483648": true, "/v1/numbers/2147483648": false, "/v1/numbers/01": false, "/v1/numbers/-0": false,
		"/v1/numbers/%31": true, "/v1/numbers/+1": false, "/v1/numbers/1.0": false, "/v1/numbers/0x1": false, "/v1/numbers/1e3": false, "/v1/numbers/a": false,
		"/v1/ids/9223372036854775807/x": true, "/v1/ids/9223372036854775808/x": false, "/v1/ids/%D9%A1/x": false, "/v1/ids//x": false,
		"/v1/files": true, "/v1/files/a/b": true, "/v1/files/%ff": false,
	} {
		w := f.do("GET", path, nil)
		if (w.Code == http.StatusNotFound) == fits {
			t.Errorf("%s: got %d %s, fits: %v", path, w.Code, w.Body, fits)
		}
	}
}
