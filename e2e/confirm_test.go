package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestVaultConfirm has applications send browsers to the provider themselves. Where one asks for
// it, what they bring back can't be used until the application confirms it.
func TestVaultConfirm(t *testing.T) {
	set := func() server {
		s := newVault(t, "confirming", "trusting")
		asks := s.apps["confirming"]
		asks.confirms = true
		s.apps["confirming"] = asks
		return s
	}
	eachFormOf(t, set, func(t *testing.T, s server) {
		t.Run("asked for", func(t *testing.T) { s.of(t, "confirming").pends(t) })
		t.Run("not asked for", func(t *testing.T) {
			s := s.of(t, "trusting")
			if brought := s.goes(t, "ann"); brought.Has("confirm_token") {
				t.Errorf("the browser brings %v", brought)
			}
			s.tokenOpens(t, "ann")
		})
	})
}

// pends confirms a connection, after trying in vain to use it and to confirm it otherwise.
func (s server) pends(t *testing.T) {
	brought, others := s.goes(t, "ann"), s.goes(t, "bob")
	token := brought.Get("confirm_token")
	if token == "" || brought.Get("nonce") != "n0nce" || brought.Get("service_id") != "acme-crm" {
		t.Fatalf("the browser brings %v", brought)
	}
	if got := s.acme(t, "ann"); got["state"] != "added" || got["health"] != "pending_confirmation" {
		t.Errorf("the connection is %v", got)
	}
	if _, err := s.handOut(t, "ann"); err == nil {
		t.Error("its token is handed out")
	}
	for name, refused := range map[string]string{"none": "", "a wrong one": "forged", "another customer's": others.Get("confirm_token")} {
		if status, body := s.confirm(t, "ann", refused); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if got := s.acme(t, "ann"); got["health"] != "pending_confirmation" {
		t.Errorf("after wrong tokens the connection is %v", got)
	}
	if status, body := s.confirm(t, "ann", token); status != http.StatusOK || !strings.Contains(body, `"confirmed":true`) {
		t.Errorf("confirm: %d %s", status, body)
	}
	if got := s.acme(t, "ann"); got["state"] != "callable" || got["health"] != "ok" {
		t.Errorf("the connection is %v", got)
	}
	s.tokenOpens(t, "ann")
	if status, body := s.confirm(t, "ann", token); status != http.StatusUnprocessableEntity || !strings.Contains(body, "InvalidStateError") {
		t.Errorf("once more: %d %s", status, body)
	}
	if got := s.acme(t, "bob"); got["health"] != "pending_confirmation" {
		t.Errorf("the other connection is %v", got)
	}
}

func (s server) confirm(t *testing.T, consumer, token string) (int, string) {
	t.Helper()
	return s.vault(t, consumer, http.MethodPost, acmePath+"/confirm", fmt.Sprintf(`{"confirm_token":%q}`, token), nil)
}

// goes leads a customer by the application's own link to the provider and back, and returns
// what the browser brings along.
func (s server) goes(t *testing.T, consumer string) url.Values {
	t.Helper()
	authorize, _ := s.acme(t, consumer)["authorize_url"].(string)
	b := startBrowser(t)
	b.load(chromedp.Navigate(authorize + "&" + url.Values{"redirect_uri": {s.redirectURI()}, "nonce": {"n0nce"}}.Encode()))
	b.allow(s.provider)
	eventually(t, "the browser is back", func() bool { return b.shows(fmt.Sprintf(`location.href.startsWith(%q)`, s.redirectURI())) })
	to, err := url.Parse(read[string](b, `location.href`))
	if err != nil || to.Query().Has("error") {
		t.Fatalf("the browser is at %v (%v)", to, err)
	}
	brought, err := url.ParseQuery(to.EscapedFragment())
	if err != nil {
		t.Fatal(err)
	}
	return brought
}
