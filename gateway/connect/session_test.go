package connect_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/fault"
)

func TestList(t *testing.T) {
	const all = "Pipedrive BambooHR Sage"
	for name, tt := range map[string]struct{ settings, query, shows string }{
		"all":                     {`{}`, "", all},
		"searched":                {`{}`, "?q=+pIPE", "Pipedrive"},
		"searched by its line":    {`{}`, "?q=sales", "Pipedrive"},
		"of an API":               {`{}`, "?api=hris", "BambooHR"},
		"of an API by its opener": {`{}`, "?only=accounting", "Sage"},
		"of the session's APIs":   {`{"unified_apis":["crm","hris"]}`, "", "Pipedrive BambooHR"},
		"of no API":               {`{"unified_apis":["ats"]}`, "", ""},
		"searched in vain":        {`{}`, "?q=" + strings.Repeat("a", 100), ""},
		"searched too long":       {`{}`, "?q=" + strings.Repeat("a", 300), all},
		"isolated, but several":   {`{"isolation_mode":true}`, "", all},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, plane)
			w.vault.session.Settings = tt.settings
			body := w.get(page + tt.query).Body.String()
			var shown []string
			for _, service := range strings.Fields(all + " HubSpot") {
				if strings.Contains(body, ">"+service+"</a>") {
					shown = append(shown, service)
				}
			}
			if got := strings.Join(shown, " "); got != tt.shows {
				t.Errorf("shown are %s, want %s: %s", got, tt.shows, body)
			}
		})
	}
}

func TestIsolation(t *testing.T) {
	w := newWorld(t, plane)
	w.vault.session.Settings = `{"isolation_mode":true,"unified_apis":["crm"]}`
	a := w.get(page + "?frame=1&locale=de")
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != page+"/crm/pipedrive?frame=1&locale=de" {
		t.Errorf("got %d %v", a.Code, a.Header())
	}
	if body := w.get(page + "/crm/pipedrive").Body.String(); strings.Contains(body, "All connections") || strings.Contains(body, `href="`+page+`"`) {
		t.Errorf("others are reached from %s", body)
	}
	w.refused(t, w.get(page+"/hris/bamboohr"), http.StatusNotFound)
	w.refused(t, w.act(page+"/hris/bamboohr", "save"), http.StatusNotFound)
}

// The page is for one application, and for whoever has the token.
func TestSessionRefuses(t *testing.T) {
	w := newWorld(t, plane)
	for target, status := range map[string]int{
		"/vault/session": 404, "/vault/session/": 404, "/vault/session/x": 404, "/vault/session/../session": 404, "/vault/session/a.b.c": 401,
		"/vault/session/" + strings.Repeat("a", 9000) + ".b.c": 401, page + "/crm": 404, page + "/": 404, page + "/crm/nothing": 404,
		page + "/crm/pipedrive/leads": 404, page + "/crm/pipedrive/a/b": 404, page + "?a=%ff": 400, page + "?a=1&a=2": 400,
		"/vault/session/" + token + "x": 401, "/vault/session/%ff.b.c": 404,
	} {
		w.refused(t, w.get(target), status)
	}
	w.vault.err = fault.Unavailable("away")
	w.refused(t, w.get(page), http.StatusServiceUnavailable)
	w.vault.err = fault.NotFound("SESSION", "gone")
	w.refused(t, w.get(page), http.StatusUnauthorized)
	if policy := w.get(page + "?frame=1").Header().Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors *") {
		t.Errorf("in its frame, nobody sees why: %s", policy)
	}
}

func TestPolicy(t *testing.T) {
	const rest = "; form-action 'self'; base-uri 'none'; frame-ancestors "
	for name, tt := range map[string]struct {
		origins     []string
		logo, wants string
	}{
		"none":        {nil, "", "img-src data:" + rest + "'none'"},
		"two origins": {[]string{"https://a.example", "http://localhost:3000"}, "", "img-src data:" + rest + "https://a.example http://localhost:3000"},
		"a logo":      {nil, "https://cdn.example:8443/logo.png?a=b;c", "img-src data: https://cdn.example:8443" + rest + "'none'"},
		"hostile origins": {[]string{"*", "https://*", "https://a.example/", "https://a.example;script-src *", "https://a.example *", "'self'", "data:", "https://a.example\r\nX: y", "https:", "HTTPS://A", "null"},
			"", "img-src data:" + rest + "'none'"},
		"a hostile logo":   {nil, "https://a.example;script-src *", "img-src data:" + rest + "'none'"},
		"a logo of a list": {nil, "https://a.example,b.example/x", "img-src data:" + rest + "'none'"},
		"a logo of data":   {nil, "data:image/svg+xml,x", "img-src data:" + rest + "'none'"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, plane)
			w.vault.session.Origins, w.vault.session.Theme = tt.origins, `{"logo":"`+strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(tt.logo)+`"}`
			h := w.get(page).Header()
			if got, want := h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'; "+tt.wants; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("got %v", h)
			}
		})
	}
}

// The token is in the address and in links, and nowhere else.
func TestTokenIsNotTold(t *testing.T) {
	w := newWorld(t, plane)
	for _, target := range []string{page, page + "/crm/pipedrive", "/vault/session/a.b.s3cret", "/vault/callback?code=s3cret", "/vault/authorize/pipedrive/app?state=s3cret"} {
		a := w.get(target, "Referer", plane+page)
		_, title, _ := strings.Cut(a.Body.String(), "<title>")
		if title, _, _ = strings.Cut(title, "</title>"); strings.Contains(title, token) {
			t.Errorf("%s: the title is %s", target, title)
		}
	}
	w.act(page+"/crm/pipedrive", "confirm", "confirm_token", "s3cret")
	w.vault.err = http.ErrServerClosed
	w.get(page)
	families, err := w.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	told := w.log.String()
	for _, f := range families {
		told += f.String()
	}
	for _, secret := range []string{token, "s3cret", "pipedrive", w.proof(), "customer-1"} {
		if secret != "" && strings.Contains(told, secret) {
			t.Errorf("%s is in %s", secret, told)
		}
	}
	if !strings.Contains(told, `"route":"/vault/session"`) || !strings.Contains(told, "page failed") {
		t.Errorf("logged is %s", told)
	}
}

func TestLook(t *testing.T) {
	w := newWorld(t, plane)
	for query, want := range map[string]string{
		"?consumer=1": "Customer: customer-1", "?switch=1": `<a href="` + page + `?locale=de&amp;switch=1" lang="de" hreflang="de">Deutsch</a>`,
		"?locale=de&switch=1": `hreflang="en">English</a>`, "?locale=de-CH": `<html lang="de">`, "?locale=nl": `<html lang="en">`,
		"?frame=1": ` data-frame="1"`, "?origin=https://app.example.com": `data-audience="https://app.example.com"`,
		"?origin=https://evil.example": `data-audience="https://app.example.com"`, "": "Back to app.example.com",
	} {
		if body := w.get(page + query).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%s: %s is not in %s", query, want, body)
		}
	}
	w.vault.session.RedirectUri = "javascript:alert(1)"
	w.vault.session.Theme = `{"vault_name":"Ours","privacy_url":"javascript:alert(1)","primary_color":"red;}","terms_url":"https://app.example.com/terms"}`
	w.vault.session.Settings = `{"sandbox_mode":true}`
	body := w.get(page).Body.String()
	if strings.Contains(body, "javascript:") || strings.Contains(body, "color/") || !strings.Contains(body, "use to Ours.") || !strings.Contains(body, "for trying") || !strings.Contains(body, "https://app.example.com/terms") {
		t.Errorf("got %s", body)
	}
}
