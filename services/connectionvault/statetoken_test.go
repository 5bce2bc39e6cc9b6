package connectionvault_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// stateOf is the state in an authorize or revoke URL.
func stateOf(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}

func TestWhoCanAuthorizeByBrowser(t *testing.T) {
	w, ctx := newShop(t, "pipedrive", "shopify", "personio", "copper")
	tests := []struct {
		name, api, service, settings string
		want                         bool
	}{
		{"a code grant", "crm", "pipedrive", "", true},
		{"another unified API of it", "lead", "pipedrive", "", true},
		{"a setting is missing", "ecommerce", "shopify", "", false},
		{"no setting is missing", "ecommerce", "shopify", `{"shop":"acme"}`, true},
		{"another grant", "hris", "personio", "", false},
		{"no OAuth", "crm", "copper", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.settings != "" {
				w.mustSet(ctx, tt.api, tt.service, tt.settings)
			}
			m := w.get(ctx, tt.api, tt.service)
			if m.AuthorizeUrl != nil != tt.want || m.RevokeUrl != nil != tt.want {
				t.Fatalf("authorize %q, revoke %q", m.GetAuthorizeUrl(), m.GetRevokeUrl())
			}
			if !tt.want {
				return
			}
			if want := "https://plane.example.com/vault/authorize/" + tt.service + "/shop?state="; !strings.HasPrefix(m.GetAuthorizeUrl(), want) {
				t.Errorf("authorize %s", m.GetAuthorizeUrl())
			}
			a, err := w.service.OpenState("authorize", stateOf(t, m.GetAuthorizeUrl()), &storev1.VaultAuthorization{
				Tenant: acme, Application: shop, Service: tt.service,
			})
			if err != nil || a.GetConsumer() != jane || a.GetApi() != tt.api || a.GetApplication() != shop {
				t.Errorf("state of %v, %v", a, err)
			}
		})
	}
}

// altered is a text with another letter in a place.
func altered(text string, at int) string {
	letter := "A"
	if text[at] == 'A' {
		letter = "Q"
	}
	return text[:at] + letter + text[at+1:]
}

func TestAStateIsForOneUseAlone(t *testing.T) {
	w, ctx := newShop(t, "pipedrive")
	m := w.get(ctx, "crm", "pipedrive")
	state := stateOf(t, m.GetAuthorizeUrl())
	here := func(change func(*storev1.VaultAuthorization)) *storev1.VaultAuthorization {
		a := &storev1.VaultAuthorization{Tenant: acme, Application: shop, Service: "pipedrive"}
		change(a)
		return a
	}
	same := here(func(*storev1.VaultAuthorization) {})
	tests := []struct {
		name, use, state string
		at               *storev1.VaultAuthorization
		want             codes.Code
	}{
		{"its own", "authorize", state, same, codes.OK},
		{"revoking", "revoke", state, same, codes.InvalidArgument},
		{"the revoking one", "revoke", stateOf(t, m.GetRevokeUrl()), same, codes.OK},
		{"another service", "authorize", state, here(func(a *storev1.VaultAuthorization) { a.Service = "xero" }), codes.InvalidArgument},
		{"another application", "authorize", state, here(func(a *storev1.VaultAuthorization) { a.Application = "other" }), codes.InvalidArgument},
		{"another tenant", "authorize", state, here(func(a *storev1.VaultAuthorization) { a.Tenant = rival }), codes.InvalidArgument},
		{"a changed one", "authorize", altered(state, len(state)-1), same, codes.InvalidArgument},
		{"a broken one", "authorize", state[:20] + "\n" + state[20:], same, codes.InvalidArgument},
		{"no base64", "authorize", "?", same, codes.InvalidArgument},
		{"none", "authorize", "", same, codes.InvalidArgument},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.service.OpenState(tt.use, tt.state, tt.at)
			expect(t, err, tt.want)
		})
	}
}

// TestEachStateOfAListWorks, however many one answer has.
func TestEachStateOfAListWorks(t *testing.T) {
	w, ctx := newShop(t, "pipedrive")
	r, err := w.connections.ListConnections(ctx, &connectionvaultv1.ListConnectionsRequest{ApplicationId: shop, ConsumerId: jane})
	if err != nil || len(r.GetConnections()) < 2 {
		t.Fatalf("got %v, %v", r, err)
	}
	for _, m := range r.GetConnections() {
		for use, address := range map[string]string{"authorize": m.GetAuthorizeUrl(), "revoke": m.GetRevokeUrl()} {
			got, err := w.service.OpenState(use, stateOf(t, address), &storev1.VaultAuthorization{Tenant: acme, Application: shop, Service: "pipedrive"})
			if err != nil || got.GetApi() != m.GetUnifiedApi() || got.GetConsumer() != jane {
				t.Errorf("%s of %s: got %v, %v", use, m.GetId(), got, err)
			}
		}
	}
}

func TestAStateLivesForADayOrAsLongAsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newShop(t, "pipedrive")
		open := func(ctx context.Context) (*storev1.VaultAuthorization, error) {
			return w.service.OpenState("authorize", stateOf(t, w.get(ctx, "crm", "pipedrive").GetAuthorizeUrl()), &storev1.VaultAuthorization{
				Tenant: acme, Application: shop, Service: "pipedrive",
			})
		}
		a, err := open(ctx)
		if err != nil || a.GetExpiresAtMs() != time.Now().Add(24*time.Hour).UnixMilli() || a.GetSession() != "" {
			t.Errorf("got %v, %v", a, err)
		}
		session := w.session(ctx, &connectionvaultv1.SessionSettings{SessionLength: new("10s")})
		state := stateOf(t, w.get(session, "crm", "pipedrive").GetAuthorizeUrl())
		time.Sleep(9 * time.Second)
		if a, err = open(session); err != nil || a.GetSession() == "" {
			t.Errorf("got %v, %v", a, err)
		}
		time.Sleep(time.Second)
		_, err = w.service.OpenState("authorize", state, &storev1.VaultAuthorization{Tenant: acme, Application: shop, Service: "pipedrive"})
		expect(t, err, codes.InvalidArgument)
	})
}

func TestImport(t *testing.T) {
	w, ctx := newShop(t, "pipedrive", "copper")
	soon := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	tests := []struct {
		name          string
		service       string
		give          *connectionvaultv1.ImportedCredentials
		settings      string
		state, health string
		want          codes.Code
	}{
		{"two tokens", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a"), RefreshToken: new("r")}, "", "callable", "pending_refresh", codes.OK},
		{"two tokens with an end", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a"), RefreshToken: new("r"), IssuedAt: &soon, ExpiresIn: new(int64(3600))}, "", "callable", "ok", codes.OK},
		{"a life alone", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a"), RefreshToken: new("r"), ExpiresIn: new(int64(3600))}, "", "callable", "pending_refresh", codes.OK},
		{"a refresh token", "pipedrive", &connectionvaultv1.ImportedCredentials{RefreshToken: new("r")}, "", "callable", "pending_refresh", codes.OK},
		{"a token that lives long", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a")}, "", "callable", "ok", codes.OK},
		{"a token that has ended", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a"), IssuedAt: &soon, ExpiresIn: new(int64(30))}, "", "added", "needs_auth", codes.OK},
		{"settings alone", "copper", nil, `{"email":"a@example.com","api_key":"k"}`, "callable", "ok", codes.OK},
		{"settings that are wrong", "copper", nil, `{"email":1}`, "", "", codes.FailedPrecondition},
		{"tokens where there is no OAuth", "copper", &connectionvaultv1.ImportedCredentials{AccessToken: new("a")}, "", "", "", codes.InvalidArgument},
		{"no token", "pipedrive", &connectionvaultv1.ImportedCredentials{ExpiresIn: new(int64(1))}, "", "", "", codes.InvalidArgument},
		{"no time", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a"), IssuedAt: new("today")}, "", "", "", codes.InvalidArgument},
		{"a life below zero", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a"), ExpiresIn: new(int64(-1))}, "", "", "", codes.InvalidArgument},
		{"a life without end", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a"), ExpiresIn: new(int64(1) << 62)}, "", "", "", codes.InvalidArgument},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := w.connections.ImportConnection(ctx, &connectionvaultv1.ImportConnectionRequest{
				ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: tt.service, Credentials: tt.give, Settings: tt.settings,
				Metadata: `{"plan":"enterprise"}`,
			})
			expect(t, err, tt.want)
			if m := r.GetConnection(); tt.want == codes.OK && (m.GetState() != tt.state || m.GetHealth() != tt.health || m.GetMetadata() != `{"plan":"enterprise"}` || !m.GetEnabled()) {
				t.Errorf("got %v", m)
			}
		})
	}
}
