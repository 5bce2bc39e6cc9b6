package connect_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/fault"
)

const plane = "https://plane.example.com"

// begin goes on to the provider, and returns the cookie and the state there.
func begin(t *testing.T, w *world) (cookie *http.Cookie, state string) {
	t.Helper()
	a := w.get("/vault/authorize/pipedrive/app?state=s1&nonce=n0nce&scope=deals+read&redirect_uri=https%3A%2F%2Fapp.example.com%2Fdone")
	location := a.Header().Get("Location")
	if a.Code != http.StatusSeeOther || !strings.HasPrefix(location, "https://provider.example/authorize?") || a.Body.Len() > 0 {
		t.Fatalf("got %d %s %s", a.Code, location, a.Body)
	}
	_, state, _ = strings.Cut(location, "state=")
	return a.Result().Cookies()[0], state
}

func TestAuthorize(t *testing.T) {
	for name, tt := range map[string]struct{ at, cookie string }{
		"https": {plane, "__Host-holdplane_vault=%; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"},
		"http":  {"http://localhost:8080", "holdplane_vault=%; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tt.at)
			cookie, state := begin(t, w)
			if want := strings.Replace(tt.cookie, "%", w.vault.flows[state].cookie, 1); cookie.Raw != want {
				t.Errorf("the cookie is %s, want %s", cookie.Raw, want)
			}
			if r := w.vault.begun[0]; r.GetServiceId() != "pipedrive" || r.GetApplicationId() != "app" || r.GetState() != "s1" ||
				r.GetNonce() != "n0nce" || r.GetScope() != "deals read" || r.GetRedirectUri() != "https://app.example.com/done" || r.GetCookie() != "" {
				t.Errorf("the service was asked %v", r)
			}
			a := w.get("/vault/callback?code=c0de&state="+state+"&realm=7", "Cookie", cookie.Name+"="+cookie.Value)
			if a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), "https://app.example.com/done#confirm_token=") || a.Body.Len() > 0 {
				t.Errorf("got %d %v %s", a.Code, a.Header(), a.Body)
			}
			if got := a.Header().Get("Set-Cookie"); !strings.HasPrefix(got, cookie.Name+"=; Path=/; Max-Age=0; HttpOnly") {
				t.Errorf("the cookie is %s", got)
			}
			for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
				if got := a.Header().Get(name); got != want {
					t.Errorf("%s is %s", name, got)
				}
			}
			if r := w.vault.ended[0]; r.GetCode() != "c0de" || r.GetParameters()["realm"] != "7" || r.GetCookie() != cookie.Value {
				t.Errorf("the service was asked %v", r)
			}
		})
	}
}

// Whoever is not the browser that began gets nowhere, and the one that did may go on.
func TestForgedCallbacks(t *testing.T) {
	w := newWorld(t, plane)
	cookie, state := begin(t, w)
	good := cookie.Name + "=" + cookie.Value
	for name, tt := range map[string]struct{ query, cookie string }{
		"no cookie":             {"code=c0de&state=" + state, ""},
		"a forged cookie":       {"code=c0de&state=" + state, cookie.Name + "=forged"},
		"a cookie of no host":   {"code=c0de&state=" + state, "holdplane_vault=" + cookie.Value},
		"two cookies":           {"code=c0de&state=" + state, good + "; " + cookie.Name + "=forged"},
		"a long cookie":         {"code=c0de&state=" + state, cookie.Name + "=" + strings.Repeat("a", 300)},
		"another state":         {"code=c0de&state=s1", good},
		"no state":              {"code=c0de", good},
		"nothing":               {"", good},
		"two states":            {"code=c0de&state=s1&state=" + state, good},
		"two codes":             {"code=c0de&code=c1de&state=" + state, good},
		"a code of no text":     {"code=%ff&state=" + state, good},
		"a query of no kind":    {"code=%zz&state=" + state, good},
		"a state of great size": {"state=" + strings.Repeat("a", 5000), good},
		"an error alone":        {"error=access_denied&error_description=call+0800", good},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.get("/vault/callback?"+tt.query, "Cookie", tt.cookie)
			w.refused(t, a, http.StatusBadRequest)
			if strings.Contains(a.Body.String(), "0800") {
				t.Errorf("the page says what anybody can have it say: %s", a.Body)
			}
		})
	}
	if a := w.get("/vault/callback?code=c0de&state="+state, "Cookie", good); a.Code != http.StatusSeeOther {
		t.Errorf("the browser that began: got %d %s", a.Code, a.Body)
	}
}

// refused checks that an answer is a page that leads nowhere.
func (w *world) refused(t *testing.T, a *httptest.ResponseRecorder, status int) {
	t.Helper()
	h := a.Header()
	if a.Code != status || h.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(a.Body.String(), "<h1>") {
		t.Errorf("got %d %v %s, want %d", a.Code, h, a.Body, status)
	}
	if h.Get("Location") != "" || h.Get("Set-Cookie") != "" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("it is answered with %v", h)
	}
}

func TestAuthorizeRefuses(t *testing.T) {
	w := newWorld(t, plane)
	at := func(uri string) string { return "/vault/authorize/pipedrive/app?state=s1&redirect_uri=" + uri }
	for name, target := range map[string]string{
		"no state": "/vault/authorize/pipedrive/app", "another application": "/vault/authorize/pipedrive/other?state=s1",
		"a foreign address": at("https%3A%2F%2Fevil.example"), "a longer address": at("https%3A%2F%2Fapp.example.com%2Fdone%2F..%2Fx"),
		"a script": at("javascript%3Aalert(1)"), "half an address": at("%2F%2Fevil.example"), "a line break": at("https%3A%2F%2Fapp.example.com%2Fdone%0d%0aSet-Cookie%3Aa%3Db"),
		"two addresses": at("https%3A%2F%2Fapp.example.com%2Fdone&redirect_uri=https%3A%2F%2Fevil.example"),
		"no text":       at("%ff"), "a nonce of great size": at("&nonce=" + strings.Repeat("a", 2000)),
	} {
		t.Run(name, func(t *testing.T) { w.refused(t, w.get(target), http.StatusBadRequest) })
	}
	for _, target := range []string{
		"/vault/authorize", "/vault/authorize/", "/vault/authorize/pipedrive", "/vault/authorize/pipedrive/app/x?state=s1",
		"/vault/callback/x", "/vault/callback/", "/vault/revoke/pipedrive", "/vault/assets/x", "/vault.js/x", "/vault/assets/color/red.css",
	} {
		w.refused(t, w.get(target), http.StatusNotFound)
	}
	for target, allowed := range map[string]string{
		"/vault/authorize/pipedrive/app?state=s1": "GET", "/vault/callback?state=s1": "GET", "/vault/revoke/pipedrive/app?state=r1": "GET",
		"/vault/session/return": "GET, HEAD", "/vault.js": "GET, HEAD",
	} {
		a := w.post(target)
		w.refused(t, a, http.StatusMethodNotAllowed)
		if a.Header().Get("Allow") != allowed {
			t.Errorf("%s: allowed are %s", target, a.Header().Get("Allow"))
		}
		if a = w.do(httptest.NewRequest(http.MethodHead, target, nil), nil); (a.Code == http.StatusMethodNotAllowed) == strings.Contains(allowed, "HEAD") {
			t.Errorf("HEAD %s answers %d", target, a.Code)
		}
		w.refused(t, w.submit(target, strings.NewReader(""), "Sec-Fetch-Site", "cross-site"), http.StatusForbidden)
	}
}

// That a service has been talked into an address does not make it one for browsers.
func TestHostileLocations(t *testing.T) {
	for _, location := range []string{
		"javascript:alert(1)", "data:text/html,x", "//evil.example", "/vault", "ftp://evil.example", "https://", "https://a@evil.example",
		"https:evil.example", `https://evil.example\@app.example.com`, "https://a.example\r\nSet-Cookie: a=b", " https://a.example", "https://bücher.example",
	} {
		w := newWorld(t, plane)
		w.vault.location = location
		w.refused(t, w.get("/vault/authorize/pipedrive/app?state=s1"), http.StatusInternalServerError)
		w.vault.location = ""
		cookie, state := begin(t, w)
		w.vault.location = location
		w.refused(t, w.get("/vault/callback?code=c0de&state="+state, "Cookie", cookie.Name+"="+cookie.Value), http.StatusInternalServerError)
	}
}

func TestRevoke(t *testing.T) {
	w := newWorld(t, plane)
	a := w.get("/vault/revoke/pipedrive/app?state=r1&redirect_uri=https%3A%2F%2Fapp.example.com%2Fdone")
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != "https://app.example.com/done" || a.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %v", a.Code, a.Header())
	}
	w.refused(t, w.get("/vault/revoke/pipedrive/app?state=s1"), http.StatusBadRequest)
}

// Services' words are not shown: they may repeat what the address says.
func TestBrowserFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		status int
	}{
		"bad": {fault.InvalidArgument("X", "s3cret"), 400}, "unknown": {fault.NotFound("X", "s3cret"), 404},
		"not set up": {fault.FailedPrecondition("X", "s3cret"), 422}, "denied": {fault.PermissionDenied("X", "s3cret"), 403},
		"refused": {fault.Unauthenticated("X", "s3cret"), 401}, "busy": {fault.ResourceExhausted("X", "s3cret"), 429},
		"away": {fault.Unavailable("s3cret"), 503}, "broken": {errors.New("s3cret"), 500},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, plane)
			w.vault.err = tt.err
			for _, target := range []string{"/vault/authorize/pipedrive/app?state=s1", "/vault/callback?state=s1", "/vault/revoke/pipedrive/app?state=r1"} {
				a := w.get(target, "Accept-Language", "de")
				w.refused(t, a, tt.status)
				if strings.Contains(a.Body.String(), "s3cret") || !strings.Contains(a.Body.String(), `<html lang="de">`) {
					t.Errorf("got %s", a.Body)
				}
				if got := a.Header().Get("Retry-After") != ""; got != (tt.status == 429 || tt.status == 503) {
					t.Errorf("Retry-After is %q", a.Header().Get("Retry-After"))
				}
			}
		})
	}
}
