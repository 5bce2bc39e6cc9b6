package pages_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/holdplane/holdplane/gateway/pages"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// opened are the addresses in mails, with what their pages say.
var opened = map[string]string{
	"/pages/set-password?token=activation": "Set your password",
	"/pages/set-password?token=reset":      "Neues Passwort festlegen",
	"/pages/verify-email?token=address":    "E-Mail-Adresse bestätigen",
	"/pages/second-factor?token=enrolment": "Set up two-step login",
}

// Programs that look into mails open links, and may do so more than once.
func TestOpeningSpendsNothing(t *testing.T) {
	w := newWorld(t)
	before := w.links.left()
	for target, says := range opened {
		for range 2 {
			a := w.get(target)
			if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "<h1>"+says) {
				t.Errorf("%s: got %d %s", target, a.Code, a.Body)
			}
			if strings.Contains(a.Body.String(), "GEZD") {
				t.Errorf("%s shows the secret", target)
			}
		}
	}
	if after := w.links.left(); !slices.Equal(before, after) {
		t.Errorf("of %v only %v are left", before, after)
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{"/pages/set-password?token=activation", "/pages/nothing", "/pages/mails"} {
		h := w.get(target).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "no-referrer", "Cache-Control": "no-store",
			"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", target, name, h.Get(name))
			}
		}
	}
}

// What a service says of itself is not shown: pages have their own words.
func TestFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		status int
		says   string
		logged bool
	}{
		"unknown link":     {fault.NotFound("LINK_NOT_FOUND", "s3cret"), 404, "Please ask for a new mail", false},
		"service away":     {status.Error(codes.Unavailable, "dial s3cret"), 503, "Please wait a minute", true},
		"service full":     {fault.Unavailable("s3cret"), 503, "Please wait a minute", false},
		"too slow":         {context.DeadlineExceeded, 503, "Please wait a minute", true},
		"too many tries":   {fault.ResourceExhausted("TRIES", "s3cret"), 429, "Please wait a few minutes", false},
		"address taken":    {fault.AlreadyExists("USER_EXISTS", "s3cret"), 409, "Another account", false},
		"a broken service": {errors.New("s3cret"), 500, "Something went wrong", true},
		"not allowed":      {fault.PermissionDenied("NO", "s3cret"), 500, "Something went wrong", false},
		"malformed":        {fault.InvalidArgument("BAD", "s3cret"), 400, "open the link from the mail again", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.links.err = tt.err
			opening := w.get("/pages/verify-email?token=other")
			spending := w.post("/pages/verify-email", "token", "address")
			if opening.Code != tt.status || !strings.Contains(opening.Body.String(), tt.says) {
				t.Errorf("opening: got %d %s", opening.Code, opening.Body)
			}
			if spending.Code != tt.status || !strings.Contains(spending.Body.String(), `<html lang="de">`) {
				t.Errorf("spending: got %d %s", spending.Code, spending.Body)
			}
			if strings.Contains(opening.Body.String(), "s3cret") || strings.Contains(spending.Body.String(), "s3cret") {
				t.Errorf("the page shows the service's words: %s %s", opening.Body, spending.Body)
			}
			if got := opening.Header().Get("Retry-After") != ""; got != (tt.status == 429 || tt.status == 503) {
				t.Errorf("Retry-After is %q", opening.Header().Get("Retry-After"))
			}
			if got := strings.Contains(w.log.String(), "page failed"); got != tt.logged {
				t.Errorf("logged %s", w.log)
			}
			if got := strings.Contains(opening.Body.String(), opening.Header().Get("X-Request-Id")); got != (tt.status >= 500) {
				t.Errorf("the page has the request's id: %t", got)
			}
		})
	}
}

func TestUnknownLinks(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{
		"/pages", "/pages/", "/pages/nothing", "/pages/set-password", "/pages/set-password/?token=activation",
		"/pages/set-password?token=unknown", "/pages/set-password?token=%ff", "/pages/set-password?token=" + strings.Repeat("a", 300),
		"/pages/set-password?token=address", "/pages/set-password?token=enrolment",
		"/pages/verify-email?token=activation", "/pages/verify-email?token=enrolment",
		"/pages/second-factor?token=activation", "/pages/second-factor?token=address",
	} {
		path, query, _ := strings.Cut(target, "?")
		opening := w.get(target)
		spending := w.submit(path, strings.NewReader(query+"&password=correct+horse+battery&repeat=correct+horse+battery&code="+rightCode))
		for _, a := range []int{opening.Code, spending.Code} {
			if a != http.StatusNotFound {
				t.Errorf("%.60s: got %d", target, a)
			}
		}
	}
	if n := len(w.links.left()); n != len(sample()) {
		t.Errorf("%d links are left", n)
	}
}

func TestMisfits(t *testing.T) {
	w := newWorld(t)
	if a := w.submit("/pages/set-password", strings.NewReader("token="+strings.Repeat("a", 70<<10))); a.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a long form: got %d", a.Code)
	}
	if a := w.submit("/pages/set-password", strings.NewReader("token=%zzs3cret")); a.Code != http.StatusBadRequest || strings.Contains(a.Body.String(), "s3cret") {
		t.Errorf("no form: got %d %s", a.Code, a.Body)
	}
	if a := w.do(httptest.NewRequest(http.MethodDelete, "/pages/set-password", nil), nil); a.Code != http.StatusMethodNotAllowed || a.Header().Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("DELETE: got %d %v", a.Code, a.Header())
	}
	// A token in the address spends nothing: only forms do.
	if a := w.post("/pages/verify-email?token=address"); a.Code != http.StatusNotFound {
		t.Errorf("a token in the address: got %d", a.Code)
	}
}

func TestLanguages(t *testing.T) {
	w := newWorld(t)
	for header, want := range map[string]string{
		"": "en", "de": "de", "de-AT,en;q=0.5": "de", "fr, de;q=0.3, en;q=0.2": "de", "en;q=0.5,de;q=0.9": "de",
		"fr": "en", "DE": "de", "en-GB, de": "en", "de;q=0": "en", "de;q=x": "en", "*": "en", "deutsch": "en", ";;,": "en", "de;q=NaN": "en",
	} {
		if a := w.get("/pages/nothing", "Accept-Language", header); !strings.Contains(a.Body.String(), `<html lang="`+want+`">`) {
			t.Errorf("%q: got %s, want %s", header, a.Body, want)
		}
	}
	if a := w.get("/pages/set-password?token=reset", "Accept-Language", "en"); !strings.Contains(a.Body.String(), `<html lang="de">`) {
		t.Errorf("the link's language is not spoken: %s", a.Body)
	}
	w.links.byToken["reset"].locale = "fr-FR"
	if a := w.get("/pages/set-password?token=reset", "Accept-Language", "de"); !strings.Contains(a.Body.String(), `<html lang="de">`) {
		t.Errorf("the browser's language is not spoken: %s", a.Body)
	}
}

// Every language says everything, and says it differently where it is a sentence.
func TestWords(t *testing.T) {
	seen := map[string]string{}
	var walk func(language, at string, v reflect.Value)
	walk = func(language, at string, v reflect.Value) {
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				walk(language, at+"."+v.Type().Field(i).Name, v.Field(i))
			}
			return
		}
		said := v.String()
		if said == "" || said != strings.TrimSpace(said) {
			t.Errorf("%s%s is %q", language, at, said)
		}
		if strings.Contains(said, " ") && seen[said] == at {
			t.Errorf("%s is %q in two languages", at, said)
		}
		seen[said] = at
	}
	for language, words := range pages.Words() {
		walk(language, "", reflect.ValueOf(words))
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	w := newWorld(t)
	for target := range opened {
		w.get(target)
	}
	w.post("/pages/set-password", "token", "activation2", "password", "correct horse battery", "repeat", "correct horse battery")
	w.links.err = errors.New("broken")
	w.post("/pages/verify-email", "token", "address")
	w.post("/pages/second-factor", "token", "enrolment", "code", rightCode)
	for _, secret := range []string{"activation", "enrolment", "token", "address", "horse", "example.com", rightCode, "GEZD"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log has %q: %s", secret, w.log)
		}
	}
}

// Below a path that a proxy takes off, pages find each other.
func TestPublicURL(t *testing.T) {
	w := newWorld(t, func(o *pages.Options) { o.PublicURL = "https://example.com/below/" })
	body := w.get("/pages/set-password?token=activation").Body.String()
	for _, want := range []string{`href="/below/docs/style.css"`, `action="/below/pages/set-password"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	const good = "correct horse battery"
	a := w.post("/pages/set-password", "token", "activation2", "password", good, "repeat", good)
	if at := a.Header().Get("Location"); at != "/below/pages/second-factor?after=password&token=enrolment" {
		t.Errorf("led to %s", at)
	}
}

func TestNewRefuses(t *testing.T) {
	noLinks, quiet := useradminv1.NewLinkServiceClient(rpc.NewLocal()), slog.New(slog.DiscardHandler)
	for name, o := range map[string]pages.Options{
		"nothing":                 {},
		"an address that is none": {Links: noLinks, Log: quiet, PublicURL: "https://%zz"},
		"an address of nothing":   {Links: noLinks, Log: quiet, PublicURL: "example.com"},
		"no log":                  {Links: noLinks},
	} {
		if _, err := pages.New(o); err == nil || !strings.HasPrefix(err.Error(), "pages: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
