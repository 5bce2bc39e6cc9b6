package contabo_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// Clients send their id and secret in several ways.
func TestClientCredentials(t *testing.T) {
	c := &scripted{answer: &useradminv1.CreateTokenResponse{}}
	h := over(t, c)
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	for _, tt := range []struct {
		name, authorization, form string
		status                    int
		id, secret                string
	}{
		{"by form", "", "client_id=DE-1&client_secret=a%2Bb+c", 200, "DE-1", "a+b c"},
		{"by form, without secret", "", "client_id=DE-1", 200, "DE-1", ""},
		{"not at all", "", "", 200, "", ""},
		{"by header", basic("DE-1:s"), "", 200, "DE-1", "s"},
		{"by header in other letters", "bASIC  " + basic("DE-1:s")[6:] + " ", "", 200, "DE-1", "s"},
		{"escaped", basic("DE%2D1:a%2Bb+c%25"), "", 200, "DE-1", "a+b c%"},
		{"not escaped", basic("DE-1:a+b c=="), "", 200, "DE-1", "a+b c=="},
		{"with a stray percent sign", basic("DE-1:100%+"), "", 200, "DE-1", "100%+"},
		{"with a colon in the secret", basic("DE-1:a:b"), "", 200, "DE-1", "a:b"},
		{"with an empty secret", basic("DE-1:"), "", 200, "DE-1", ""},
		{"by both", basic("DE-1:s"), "client_id=DE-1&client_secret=s", 200, "DE-1", "s"},
		{"by both, the id alone in the form", basic("DE-1:s"), "client_id=DE-1", 200, "DE-1", "s"},
		{"beside an old token", "Bearer eyJ", "client_id=DE-1&client_secret=s", 200, "DE-1", "s"},
		{"by both, two ids", basic("DE-1:s"), "client_id=DE-2", 400, "", ""},
		{"by both, two secrets", basic("DE-1:s"), "client_secret=t", 400, "", ""},
		{"by both, one of them empty", basic("DE-1:"), "client_secret=t", 400, "", ""},
		{"not in base64", "Basic DE-1:s", "", 401, "", ""},
		{"without a colon", basic("DE-1"), "", 401, "", ""},
		{"not in UTF-8", basic("DE-1:\xff"), "", 401, "", ""},
		{"escaped, not in UTF-8", basic("DE-1:%ff"), "", 401, "", ""},
		{"twice in the form", "", "client_id=DE-1&client_id=DE-1", 400, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.asked = nil
			w := login(t, h, tt.authorization, tt.form)
			r, _ := c.asked.(*useradminv1.CreateTokenRequest)
			if w.Code != tt.status || r.GetClientId() != tt.id || r.GetClientSecret() != tt.secret {
				t.Errorf("got %d, %q and %q, want %d, %q and %q: %s", w.Code, r.GetClientId(), r.GetClientSecret(), tt.status, tt.id, tt.secret, w.Body)
			}
		})
	}
}

func TestFormFields(t *testing.T) {
	c := &scripted{answer: &useradminv1.CreateTokenResponse{}}
	w := login(t, over(t, c), "", "grant_type=g&username=u&password=p%20%C3%A4&totp=1&refresh_token=r&scope=s&grantType=x&unheard=y&unheard=z")
	r := c.asked.(*useradminv1.CreateTokenRequest)
	got := strings.Join([]string{r.GetGrantType(), r.GetUsername(), r.GetPassword(), r.GetTotp(), r.GetRefreshToken(), r.GetScope()}, ",")
	if w.Code != http.StatusOK || got != "g,u,p ä,1,r,s" {
		t.Errorf("got %d %s", w.Code, got)
	}
}

// Errors are OAuth's, and none of them is kept by a cache.
func TestTokenFaults(t *testing.T) {
	for _, tt := range []struct {
		err              error
		status           int
		name, text       string
		challenge, retry string
	}{
		{fault.Unauthenticated("CLIENT_UNKNOWN", "no client"), 401, "unauthorized_client", "no client", `Basic realm="contabo"`, ""},
		{fault.InvalidArgument("GRANT_UNSUPPORTED", "no grant"), 400, "unsupported_grant_type", "no grant", "", ""},
		{fault.InvalidArgument("PARAMETER_MISSING", "no name"), 400, "invalid_request", "no name", "", ""},
		{fault.Unauthenticated("INVALID_GRANT", "no login"), 401, "invalid_grant", "no login", "", ""},
		{fault.Unauthenticated("REFRESH_INVALID", "no token"), 400, "invalid_grant", "no token", "", ""},
		{fault.Unauthenticated("OTHER", "x"), 401, "invalid_grant", "x", "", ""},
		{fault.PermissionDenied("OTHER", "x"), 403, "access_denied", "x", "", ""},
		{fault.FailedPrecondition("OTHER", "x"), 400, "invalid_request", "x", "", ""},
		{fault.InvalidArgument(fault.ReasonTooLarge, "x"), 413, "invalid_request", "x", "", ""},
		{fault.ResourceExhausted("RATE_LIMITED", "x"), 429, "slow_down", "x", "", "60"},
		{fault.ResourceExhausted("LOGINS_BUSY", "x"), 429, "slow_down", "x", "", "5"},
		{fault.Unavailable("come back"), 503, "temporarily_unavailable", "come back", "", "5"},
		{errors.New("secret"), 500, "server_error", "Internal server error", "", ""},
	} {
		w := login(t, over(t, &scripted{err: tt.err}), "", "grant_type=password")
		want := fmt.Sprintf(`{"error":%q,"error_description":%q}`, tt.name, tt.text)
		if w.Code != tt.status || w.Body.String() != want {
			t.Errorf("%v: got %d %s, want %d %s", tt.err, w.Code, w.Body, tt.status, want)
		}
		h := w.Header()
		if h.Get("WWW-Authenticate") != tt.challenge || h.Get("Retry-After") != tt.retry || h.Get("Cache-Control") != "no-store" || h.Get("X-Error-Doc") == "" {
			t.Errorf("%v: headers %v", tt.err, h)
		}
	}
}

func TestLargeForms(t *testing.T) {
	c := &scripted{answer: &useradminv1.CreateTokenResponse{}}
	h := over(t, c)
	for size, status := range map[int]int{64 << 10: 200, 64<<10 + 1: 413} {
		if w := login(t, h, "", "password="+strings.Repeat("x", size-len("password="))); w.Code != status {
			t.Errorf("%d bytes: got %d %s, want %d", size, w.Code, w.Body, status)
		}
	}
}
