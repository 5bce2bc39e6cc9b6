package pages_test

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway/pages"
	"github.com/holdplane/holdplane/pkg/fault"
)

const good = "correct horse battery"

func TestSetPassword(t *testing.T) {
	w := newWorld(t)
	set := w.links.byToken["activation"]
	a := w.post("/pages/set-password", "token", "activation", "password", " "+good+" ", "repeat", " "+good+" ")
	if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), `<a href="https://app.example.com/welcome" rel="noreferrer">Go on to app.example.com</a>`) {
		t.Errorf("got %d %s", a.Code, a.Body)
	}
	if set.password != " "+good+" " {
		t.Errorf("the password is %q", set.password)
	}
	if a := w.post("/pages/set-password", "token", "activation", "password", good, "repeat", good); a.Code != http.StatusNotFound {
		t.Errorf("the second time: got %d", a.Code)
	}
	a = w.post("/pages/set-password", "token", "reset", "password", good, "repeat", good)
	if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "Sie können diese Seite schließen") || strings.Contains(a.Body.String(), "<a ") {
		t.Errorf("with nowhere to go on to: got %d %s", a.Code, a.Body)
	}
}

func TestSetPasswordGoesOn(t *testing.T) {
	w := newWorld(t)
	a := w.post("/pages/set-password", "token", "activation2", "password", good, "repeat", good)
	next := a.Header().Get("Location")
	if a.Code != http.StatusSeeOther || next != "/pages/second-factor?after=password&token=enrolment" {
		t.Fatalf("got %d %s", a.Code, next)
	}
	if body := w.get(next).Body.String(); !strings.Contains(body, "Your password is set. One step is left.") {
		t.Errorf("the next page is %s", body)
	}
}

// A password that can't be set costs nothing but another try, is said at its field, and is
// not shown again.
func TestWeakPasswords(t *testing.T) {
	w := newWorld(t)
	before := w.links.left()
	for name, tt := range map[string]struct{ password, repeat, at, says string }{
		"none":               {"", "", "password", "Es braucht mindestens 12 Zeichen"},
		"short":              {"kqzvxwjyhbn", "kqzvxwjyhbn", "password", "Es braucht mindestens 12 Zeichen"},
		"long":               {strings.Repeat("kq", 100), strings.Repeat("kq", 100), "password", "Dieses Passwort ist zu lang"},
		"very long":          {strings.Repeat("kq", 1000), strings.Repeat("kq", 1000), "password", "Dieses Passwort ist zu lang"},
		"common":             {"passwortpasswort", "passwortpasswort", "password", "benutzen viele"},
		"the address":        {"ann@example.com", "ann@example.com", "password", "Das ist Ihre E-Mail-Adresse"},
		"not UTF-8":          {good + "\xff", good + "\xff", "password", "enthält Zeichen"},
		"with NUL":           {good + "\x00", good + "\x00", "password", "enthält Zeichen"},
		"not repeated":       {good, "", "repeat", "sind verschieden"},
		"repeated with typo": {good, good + " ", "repeat", "sind verschieden"},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.post("/pages/set-password", "token", "reset", "password", tt.password, "repeat", tt.repeat)
			body := a.Body.String()
			if a.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "<title>Fehler: ") {
				t.Errorf("got %d %s", a.Code, body)
			}
			if !regexp.MustCompile(`<p class="wrong" id="` + tt.at + `-error">[^<]*` + tt.says).MatchString(body) {
				t.Errorf("%q is not at %s: %s", tt.says, tt.at, body)
			}
			if !regexp.MustCompile(`<input id="` + tt.at + `"[^>]* aria-describedby="` + tt.at + `-error[^>]* aria-invalid="true" autofocus>`).MatchString(body) {
				t.Errorf("the field %s is not marked: %s", tt.at, body)
			}
			if strings.Count(body, "autofocus") != 1 || len(tt.password) > 0 && strings.Contains(body, `="`+tt.password) && tt.password != "ann@example.com" {
				t.Errorf("got %s", body)
			}
		})
	}
	if after := w.links.left(); !slices.Equal(before, after) {
		t.Errorf("of %v only %v are left", before, after)
	}
}

// A rule that the pages do not know is said in general.
func TestUnknownRule(t *testing.T) {
	w := newWorld(t)
	w.links.err = fault.Invalid(fault.Violation{Field: "password", Rule: "password.leaked", Message: "s3cret"})
	a := w.post("/pages/set-password", "token", "activation", "password", good, "repeat", good)
	if a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.Body.String(), "This password can&#39;t be used.") || strings.Contains(a.Body.String(), "s3cret") {
		t.Errorf("got %d %s", a.Code, a.Body)
	}
}

func TestVerifyEmail(t *testing.T) {
	w := newWorld(t)
	if body := w.get("/pages/verify-email?token=address").Body.String(); !strings.Contains(body, "ann@example.com") {
		t.Errorf("the address is not in %s", body)
	}
	a := w.post("/pages/verify-email", "token", "address")
	if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), `href="https://app.example.com/"`) || !strings.Contains(a.Body.String(), "ist bestätigt") {
		t.Errorf("got %d %s", a.Code, a.Body)
	}
	if a := w.post("/pages/verify-email", "token", "address"); a.Code != http.StatusNotFound {
		t.Errorf("the second time: got %d", a.Code)
	}
}

func TestSecondFactor(t *testing.T) {
	w := newWorld(t)
	started := w.post("/pages/second-factor", "token", "enrolment")
	for _, want := range []string{
		`<code class="secret">GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ</code>`, `src="data:image/png;base64,iVBOR`, `inputmode="numeric"`, `autocomplete="one-time-code"`,
		`href="` + html.EscapeString(shown.URL) + `"`,
	} {
		if started.Code != http.StatusOK || !strings.Contains(started.Body.String(), want) {
			t.Errorf("%s is not in %d %s", want, started.Code, started.Body)
		}
	}
	for _, code := range []string{"", "000000", "1\xff", strings.Repeat("1", 100), "12345"} {
		a := w.post("/pages/second-factor", "token", "enrolment", "code", code)
		if body := a.Body.String(); a.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `id="code-error"`) || !strings.Contains(body, "GEZD GNBV") {
			t.Errorf("the code %.20q: got %d %s", code, a.Code, body)
		}
	}
	a := w.post("/pages/second-factor", "token", "enrolment", "code", " "+rightCode+" ")
	if n := strings.Count(a.Body.String(), "<code>4KQ7-ZN2M-0XVB-R9T"); a.Code != http.StatusOK || n != 10 {
		t.Errorf("got %d with %d codes: %s", a.Code, n, a.Body)
	}
	if a := w.post("/pages/second-factor", "token", "enrolment"); a.Code != http.StatusNotFound {
		t.Errorf("afterwards: got %d", a.Code)
	}
}

// The secret is grouped however it comes; a link to an app is one, or is left out.
func TestSecondFactorShows(t *testing.T) {
	w := newWorld(t)
	w.links.byToken["enrolment"].secret, w.links.byToken["enrolment"].app = "JBSWY3DPE", "javascript:alert(1)"
	body := w.post("/pages/second-factor", "token", "enrolment").Body.String()
	if !strings.Contains(body, ">JBSW Y3DP E<") || strings.Contains(body, "<a ") {
		t.Errorf("got %s", body)
	}
}

// Where a page leads to is an address on the web, or nowhere.
func TestRedirects(t *testing.T) {
	for to, leads := range map[string]bool{
		"https://app.example.com:8443/a?b=c#d": true, "http://localhost:3000": true,
		"": false, "javascript:alert(1)": false, "/pages/mails": false, "//evil.example": false, "https:evil.example": false,
		"https://app.example.com@evil.example/": false, "https://аpp.example/": false, "data:text/html,x": false, "https://": false, " https://a.example": false,
		"ftp://a.example": false, "https://a.example\n": false,
	} {
		w := newWorld(t, func(o *pages.Options) { o.Mails = nil })
		w.links.byToken["address"].redirect = to
		body := w.post("/pages/verify-email", "token", "address").Body.String()
		if got := strings.Contains(body, "<a "); got != leads {
			t.Errorf("%q leads somewhere: %t; %s", to, got, body)
		}
	}
}
