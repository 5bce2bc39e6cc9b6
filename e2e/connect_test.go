package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

const acmePath = "/vault/connections/crm/acme-crm"

// TestConnect leads a customer from the hosted page over a real provider to a connection that
// can be used, hands its token out, and takes it back.
func TestConnect(t *testing.T) {
	eachFormOf(t, func() server { return newVault(t, "browsed") }, func(t *testing.T, s server) {
		s = s.of(t, "browsed")
		b := startBrowser(t)
		page := s.openPage(t, "ann")
		b.come("Connections", chromedp.Navigate(page))
		b.come("Acme CRM", chromedp.Click(chromedp.CSS(`a[href$="/crm/acme-crm"]`)))
		b.authorize(s.provider)
		eventually(t, "the page says that it is connected", func() bool { return b.shows(`document.body.textContent.includes("Connected")`) })
		if got := s.acme(t, "ann"); got["state"] != "callable" || got["health"] != "ok" || got["enabled"] != true {
			t.Fatalf("the connection is %v", got)
		}
		s.tokenOpens(t, "ann")
		if status, body := s.vault(t, "ann", http.MethodPost, acmePath+"/validate", "{}", nil); status != http.StatusOK || !strings.Contains(body, `"callable"`) {
			t.Errorf("validate: %d %s", status, body)
		}
		s.tokenOpens(t, "ann") // the next one: refresh tokens rotate
		b.disconnect()
		if got := s.acme(t, "ann"); got["state"] == "callable" {
			t.Errorf("after it was disconnected the connection is %v", got)
		}
		t.Run("not wanted after all", func(t *testing.T) { s.changesMind(t, b.in(t)) })
	})
}

// disconnect presses the page's button for it, which stands behind a question.
func (b *browser) disconnect() {
	b.t.Helper()
	read[bool](b, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
	b.load(chromedp.Click(chromedp.CSS(`button[value="disconnect"]`)))
	eventually(b.t, "the page offers to connect again", func() bool { return read[bool](b, `!!document.querySelector('button[value="connect"]')`) })
}

// changesMind has a customer leave the provider's page, who is told so on ours.
func (s server) changesMind(t *testing.T, b *browser) {
	t.Helper()
	b.come("Connections", chromedp.Navigate(s.openPage(t, "bob")))
	b.come("Acme CRM", chromedp.Click(chromedp.CSS(`a[href$="/crm/acme-crm"]`)))
	b.load(chromedp.Click(chromedp.CSS(`button[value="connect"]`)))
	eventually(t, "the provider can be left", func() bool { return read[bool](b, `!!document.querySelector('a[href$="/abort"]')`) })
	b.load(chromedp.Click(chromedp.CSS(`a[href$="/abort"]`)))
	eventually(t, "the page is ours again", func() bool { return strings.HasPrefix(read[string](b, `location.href`), s.baseURL) })
	if got := s.acme(t, "bob"); got["state"] == "callable" || got["health"] == "ok" {
		t.Errorf("the connection is %v", got)
	}
}

// openPage makes a session for a consumer and returns its page.
func (s server) openPage(t *testing.T, consumer string) string {
	t.Helper()
	status, body := s.vault(t, consumer, http.MethodPost, "/vault/sessions", fmt.Sprintf(`{"redirect_uri":%q}`, s.redirectURI()), nil)
	data, _ := members(t, body)["data"].(map[string]any)
	page, _ := data["session_uri"].(string)
	if status != http.StatusOK || page == "" {
		t.Fatalf("a session answers %d %s", status, body)
	}
	return page
}

// acme is a consumer's connection to the provider.
func (s server) acme(t *testing.T, consumer string) map[string]any {
	t.Helper()
	status, body := s.vault(t, consumer, http.MethodGet, acmePath, "", nil)
	if status != http.StatusOK {
		t.Fatalf("the connection: %d %s", status, body)
	}
	data, _ := members(t, body)["data"].(map[string]any)
	return data
}

// authorize presses the page's button, and then those of the provider.
func (b *browser) authorize(p provider) {
	b.t.Helper()
	b.load(chromedp.Click(chromedp.CSS(`button[value="connect"]`)))
	b.allow(p)
}

// allow says on the provider's pages who it is, and yes.
func (b *browser) allow(p provider) {
	b.t.Helper()
	b.signIn(p)
	b.press(`button[type="submit"]`)
}

// signIn says who it is.
func (b *browser) signIn(p provider) {
	b.t.Helper()
	eventually(b.t, "the provider asks who it is", func() bool {
		return b.shows(fmt.Sprintf(`location.href.startsWith(%q) && document.querySelector("input[name=login]")`, p.issuer+"/interaction/"))
	})
	b.do(chromedp.SendKeys(chromedp.CSS(`input[name="login"]`), "ann"), chromedp.SendKeys(chromedp.CSS(`input[name="password"]`), "any password\r"))
	eventually(b.t, "the provider asks for consent", func() bool { return b.shows(`document.querySelector("input[name=prompt][value=consent]")`) })
}

// tokenOpens has an internal caller get the token, which the provider must know.
func (s server) tokenOpens(t *testing.T, consumer string) {
	t.Helper()
	token, err := s.handOut(t, consumer)
	if err != nil {
		t.Fatalf("get the token: %v", err)
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.provider.issuer+"/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("the provider answers %s to the token", res.Status)
	}
}

// handOut is the token of a consumer's connection to the provider, as internal callers get it.
func (s server) handOut(t *testing.T, consumer string) (string, error) {
	t.Helper()
	got, err := connectionvaultv1.NewTokenServiceClient(dial(t, s.grpcAddr)).GetAccessToken(withKey(t, s.tokenKey), &connectionvaultv1.GetAccessTokenRequest{
		ApplicationId: s.appID, ConsumerId: consumer, UnifiedApi: "crm", ServiceId: "acme-crm",
	})
	return got.GetAccessToken(), err
}
