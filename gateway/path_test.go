package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// routedBy is a dialect that takes slashes at the end of a path, and has the header X-Part
// choose a part of what is at the path.
func routedBy(t *testing.T) gateway.Dialect {
	d := unkey.V1()
	d.Services = append(d.Services, routed(t, "/v1/things.get/{id}/parts/{part}"), routed(t, "/v1/things.get/{id}"))
	d.Elsewhere = map[string]string{"/v1/stuff.get": "stuff is not here"}
	d.Path = func(r *http.Request) string {
		path := strings.TrimRight(r.URL.EscapedPath(), "/")
		if part := r.Header.Get("X-Part"); part != "" {
			path += "/parts/" + part
		}
		return path
	}
	d.Admit = func(c *gateway.Call) error {
		c.Header.Set("X-Came", c.Request.URL.Path)
		if c.RPC == identityv1.IdentityService_GetIdentity_FullMethodName {
			return nil
		}
		return fault.Unauthenticated("SHUT", "nobody serves these")
	}
	return d
}

func TestPath(t *testing.T) {
	const thing, part = "/v1/things.get/{id}", "/v1/things.get/{id}/parts/{part}"
	f := start(t, &service{}, dialects(routedBy(t)))
	for _, tt := range []struct {
		name, method, path, part string
		status                   int
		route, says              string
	}{
		{name: "as it came", method: "GET", path: getPath, status: 200, route: getPath},
		{name: "a slash at the end", method: "GET", path: getPath + "/", status: 200, route: getPath},
		{name: "HEAD with slashes", method: "HEAD", path: getPath + "///", status: 200, route: getPath},
		{name: "a slash and a query", method: "GET", path: getPath + "/?identityId=a", status: 200, route: getPath},
		{name: "a slash behind a variable", method: "GET", path: "/v1/things.get/7/", status: 401, route: thing},
		{name: "an escaped slash", method: "GET", path: "/v1/things.get/a%2Fb/", status: 401, route: thing},
		{name: "an escaped slash at the end", method: "GET", path: "/v1/things.get%2F", status: 404, route: "unmatched", says: "nothing is served"},
		{name: "escapes that need none", method: "GET", path: "/v1/things.get/%37/", status: 401, route: thing},
		{name: "an escaped escape", method: "GET", path: "/v1/things.get/a%252Fparts%252Fb/", status: 401, route: thing},
		{name: "chosen by a header", method: "GET", path: "/v1/things.get/7", part: "x", status: 401, route: part},
		{name: "chosen by a header, with an escape", method: "GET", path: "/v1/things.get/a%2Fb/", part: "%2F", status: 401, route: part},
		{name: "an escape that is none", method: "GET", path: "/v1/things.get/7", part: "%zz", status: 400, route: "unmatched", says: "malformed"},
		{name: "another method", method: "POST", path: getPath + "/", status: 405, route: "unmatched", says: "not allowed"},
		{name: "elsewhere", method: "GET", path: "/v1/stuff.get/", status: 404, route: "unmatched", says: "stuff is not here"},
		{name: "nowhere", method: "GET", path: "/v1/other.get/", status: 404, route: "unmatched", says: "nothing is served"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, nil)
			r.Header.Set("X-Part", tt.part)
			w := f.send(r)
			lines := f.lines(t)
			if route := lines[len(lines)-1]["route"]; w.Code != tt.status || route != tt.route || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("got %d at %v, want %d at %s: %s", w.Code, route, tt.status, tt.route, w.Body)
			}
			if came := w.Header().Get("X-Came"); tt.route != "unmatched" && came != r.URL.Path {
				t.Errorf("the dialect sees %q of %q", came, r.URL.Path)
			}
			if allow := w.Header().Get("Allow"); (tt.status == 405) != (allow == "GET, HEAD") {
				t.Errorf("allow %q", allow)
			}
		})
	}
}
