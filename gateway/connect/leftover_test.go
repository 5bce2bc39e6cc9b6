package connect_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestOtherTabs leaves the browser what binds it to them.
func TestOtherTabs(t *testing.T) {
	w := newWorld(t, plane)
	cookie, state := begin(t, w)
	w.vault.cookieLeft = "0ther"
	a := w.get("/vault/callback?code=c0de&state="+state, "Cookie", cookie.Name+"="+cookie.Value)
	if got := a.Header().Get("Set-Cookie"); !strings.HasPrefix(got, cookie.Name+"=0ther; Path=/; Max-Age=600; HttpOnly; Secure") {
		t.Errorf("the cookie is %s", got)
	}
}

// TestNotDisconnected has a provider out of reach: nobody may believe that the connection is
// ended.
func TestNotDisconnected(t *testing.T) {
	w := newWorld(t, plane)
	w.connected()
	w.vault.location = plane + "/vault/session/return?error=temporarily_unavailable&error_description=%3Cb%3Eno%3C%2Fb%3E"
	a := w.act(pipedrive, "disconnect")
	if body := a.Body.String(); a.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `role="alert"`) || strings.Contains(body, "<b>") || strings.Contains(body, "was disconnected") {
		t.Errorf("got %d %v %s", a.Code, a.Header(), body)
	}
}
