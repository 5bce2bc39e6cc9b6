package connectionvault_test

import (
	"testing"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// stateCase is a situation of the contract's table, and what follows from it.
type stateCase struct {
	name, service string
	change        func(k *connectionvault.Known)
	state, health string
}

const ms = 1_800_000_000_000

func at(after time.Duration) int64 { return ms + after.Milliseconds() }

// situation is a connection to a service that works: added, integrated, with a token.
func situation(t testing.TB, all *catalog.Catalog, service, settings string) connectionvault.Known {
	t.Helper()
	c, ok := all.Connector(service)
	if !ok {
		t.Fatalf("the catalog has no %s", service)
	}
	return connectionvault.Known{
		Connector: c, Now: time.UnixMilli(ms), Application: &storev1.VaultApplication{}, Integration: &storev1.VaultIntegration{ClientId: "c"},
		Connection: &storev1.VaultConnection{Enabled: true, Settings: settings},
		Token:      &storev1.VaultToken{AccessToken: "a", RefreshToken: "r", ExpiresAtMs: at(time.Hour)},
	}
}

var working = map[string]string{
	"pipedrive": `{}`, "xero": `{"tenant_id":"t"}`, "copper": `{"email":"a@example.com","api_key":"k"}`,
	"personio": `{"client_id":"i","client_secret":"s"}`,
}

func TestStates(t *testing.T) {
	all, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range stateCases {
		t.Run(tt.name, func(t *testing.T) {
			k := situation(t, all, tt.service, working[tt.service])
			tt.change(&k)
			got, err := connectionvault.Standing(k)
			if err != nil || got[0] != tt.state || got[1] != tt.health {
				t.Errorf("got %v, %v, want %s and %s", got, err, tt.state, tt.health)
			}
		})
	}
}

func TestIntegrationStates(t *testing.T) {
	all, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, service string
		integration   *storev1.VaultIntegration
		want          string
	}{
		{"none", "pipedrive", nil, "disabled"},
		{"switched off", "pipedrive", &storev1.VaultIntegration{ClientId: "c", Disabled: true}, "disabled"},
		{"with a client", "pipedrive", &storev1.VaultIntegration{ClientId: "c"}, "configured"},
		{"without the client", "pipedrive", &storev1.VaultIntegration{}, "needs_configuration"},
		{"without a client that consumers bring", "personio", &storev1.VaultIntegration{}, "configured"},
		{"without OAuth", "copper", &storev1.VaultIntegration{}, "configured"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := situation(t, all, tt.service, working[tt.service])
			k.Integration = tt.integration
			got, err := connectionvault.Standing(k)
			if err != nil || got[2] != tt.want {
				t.Errorf("got %v, %v, want %s", got, err, tt.want)
			}
			if off := got[0] != "callable"; off != (tt.want == "disabled") {
				t.Errorf("it is %s", got[0])
			}
		})
	}
}

func TestConsentStates(t *testing.T) {
	all, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	yes, no := &storev1.VaultConsent{Granted: true, CreatedAtMs: 2}, &storev1.VaultConsent{CreatedAtMs: 3}
	tests := []struct {
		name   string
		scopes string
		since  int64
		give   []*storev1.VaultConsent
		want   string
		usable bool
	}{
		{"nothing asked, nothing said", "", 0, nil, "implicit", true},
		{"nothing asked, denied", "", 0, []*storev1.VaultConsent{no}, "implicit", true},
		{"asked", `"*"`, 1, nil, "pending", false},
		{"agreed", `"*"`, 1, []*storev1.VaultConsent{yes}, "granted", true},
		{"denied", `"*"`, 1, []*storev1.VaultConsent{no}, "denied", false},
		{"denied after agreeing", `"*"`, 1, []*storev1.VaultConsent{yes, no}, "revoked", false},
		{"agreed after denying", `"*"`, 1, []*storev1.VaultConsent{no, yes}, "granted", true},
		{"asked for something else since", `"*"`, 5, []*storev1.VaultConsent{yes}, "requires_reconsent", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := situation(t, all, "pipedrive", "{}")
			k.Application.DataScopes, k.Application.DataScopesAtMs, k.Consents = tt.scopes, tt.since, tt.give
			want := [4]string{"authorized", "needs_consent", "configured", tt.want}
			if tt.usable {
				want = [4]string{"callable", "ok", "configured", tt.want}
			}
			if got, err := connectionvault.Standing(k); err != nil || got != want {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
		})
	}
}
