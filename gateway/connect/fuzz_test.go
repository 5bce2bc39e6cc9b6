package connect_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// unsafePlane is where cookies need no prefix.
const unsafePlane = "http://127.0.0.1:8080"

// FuzzCallback brings any query and any cookies back from a provider: the vault is told one
// cookie that the browser has, or none, and texts that gRPC can carry.
func FuzzCallback(f *testing.F) {
	for _, cookies := range []string{
		"", "holdplane_vault=c1", "a=b; holdplane_vault=\"c 1\"; c", "holdplane_vault=c1; holdplane_vault=c2", "holdplane_vault=\xff", "=;;==", "__Host-holdplane_vault=c1; holdplane_vault",
	} {
		f.Add("state=s1&code=c&iss=https%3A%2F%2Fprovider.example.com", cookies)
	}
	f.Add("state=%ff&error=access_denied&error_description=%0d%0a", "holdplane_vault=c1")
	f.Add("state=1&state=2&%zz", "holdplane_vault=c1")
	w := newWorld(f, unsafePlane)
	if w.get("/vault/callback?state=s1", "Cookie", "holdplane_vault=c1"); len(w.vault.ended) != 1 || w.vault.ended[0].GetCookie() != "c1" {
		f.Fatalf("a callback asks %v", w.vault.ended)
	}
	f.Fuzz(func(t *testing.T, query, cookies string) {
		u, err := url.ParseRequestURI("/vault/callback?" + query)
		if err != nil {
			return // net/http refuses it before the handler
		}
		w.vault.ended = nil
		r := httptest.NewRequest(http.MethodGet, "/vault/callback", nil)
		r.URL, r.RequestURI = u, u.RequestURI()
		a := w.do(r, []string{"Cookie", cookies})
		if a.Code >= http.StatusInternalServerError {
			t.Fatalf("status %d: %s", a.Code, a.Body)
		}
		for _, asked := range w.vault.ended {
			if c := asked.GetCookie(); c != "" && (!strings.Contains(cookies, "holdplane_vault=") || !strings.Contains(cookies, c)) {
				t.Errorf("the vault is told the cookie %q", c)
			}
		}
	})
}

// FuzzForm sends any form of the session's page: what is saved is a JSON object of what was
// asked for.
func FuzzForm(f *testing.F) {
	for _, form := range []string{
		"action=save&field.subdomain=acme&field.api_key=s3cret", "action=save&field.number=1e400&field.subdomain=a&field.api_key=b",
		"action=save&field.multi-select=7&field.multi-select=%22red%22&field.subdomain=a&field.api_key=b", "action=save&field.select=%7b&field.own=%22&field.subdomain=%0d%0a&field.api_key=%00",
		"action=mappings&field.crm%2Bcontacts%2Bage=$", "action=consent&granted=true", "action=connect", "action=disconnect", "action=delete", "action=%ff", "%zz", "action=save&action=delete", ";",
	} {
		f.Add(form)
	}
	w := newWorld(f, unsafePlane)
	proof := w.proof()
	f.Fuzz(func(t *testing.T, form string) {
		w.vault.updates, w.vault.connections = nil, sample(unsafePlane)
		a := w.submit(bamboo, strings.NewReader("proof="+url.QueryEscape(proof)+"&"+form))
		if a.Code >= http.StatusInternalServerError {
			t.Fatalf("status %d: %s", a.Code, a.Body)
		}
		for _, update := range w.vault.updates {
			r, ok := update.(*connectionvaultv1.UpdateConnectionRequest)
			if !ok || !slices.Contains(r.GetUpdateMask().GetPaths(), "settings") {
				continue
			}
			var settings map[string]json.RawMessage
			if err := json.Unmarshal([]byte(r.GetSettings()), &settings); err != nil || settings["locked"] != nil || settings["unseen"] != nil {
				t.Errorf("saved %s (%v)", r.GetSettings(), err)
			}
		}
	})
}
