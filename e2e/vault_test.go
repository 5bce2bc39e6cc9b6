package e2e_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// application is one of a tenant's, whose customers connect services.
type application struct {
	account, appID, apiKey string // account is the tenant
	tokenKey               string // a root key that tokens are handed out to
	provider               provider
	site                   string // the origin of its own pages
	confirms               bool   // what browsers bring back is pending until it is confirmed
}

func newApplication(tenant string, p provider, site string) application {
	return application{account: tenant, appID: "app-" + tenant, apiKey: "sk_test_" + rand.Text(), tokenKey: newKey(), provider: p, site: site}
}

// redirectURI is where the application has browsers sent to in the end.
func (a application) redirectURI() string { return a.site + "/integrations" }

func (a application) write(b *strings.Builder) {
	fmt.Fprintf(b, `  - id: %[1]s
    name: %[1]s
    root_keys: [{name: tokens, key: %[2]s, permissions: [vault.tokens.read]}]
    apps:
      - id: %[3]s
        name: Test App
        api_key: %[4]s
        redirect_uris: [%[5]s]
        confirm_connections: %[8]t
        integrations:
          - {service_id: pipedrive, client_id: ours, client_secret: a secret}
          - {service_id: activecampaign}
          - {service_id: acme-crm, client_id: %[6]s, client_secret: %[7]s}
          - {service_id: acme-books}
`, a.account, a.tokenKey, a.appID, a.apiKey, a.redirectURI(), a.provider.clientID, a.provider.secret, a.confirms)
}

func (a application) env() []string {
	if a.appID == "" {
		return nil
	}
	return []string{
		"APIDECK_APP_ID=" + a.appID, "APIDECK_API_KEY=" + a.apiKey,
		"PROVIDER_CLIENT=" + a.provider.clientID, "PROVIDER_SECRET=" + a.provider.secret,
	}
}

// newVault is a server whose tenants have an application each, and a provider to connect.
func newVault(t *testing.T, tenants ...string) server {
	t.Helper()
	return newVaultOf(t, startProvider(t), tenants...)
}

func newVaultOf(t *testing.T, p provider, tenants ...string) server {
	t.Helper()
	connectors := write(t, t.TempDir(), "connectors.yaml", p.connectors()+p.standsIn(t))
	s := server{keys: newKeys(), apps: map[string]application{}, connectors: connectors}
	site := startSite(t)
	for _, tenant := range tenants {
		s.apps[tenant] = newApplication(tenant, p, site)
	}
	return s
}

var vaultSDKs = []sdk{
	{name: "apideck", language: "node", statuses: []int{200, 204, 404}},
	{name: "unify", language: "node", statuses: []int{200, 201, 204, 400, 401, 404, 422}},
}

func TestVaultSDKs(t *testing.T) {
	eachFormOf(t, func() server { return newVault(t, "apideck", "unify") }, func(t *testing.T, s server) { s.runAll(t, vaultSDKs) })
}

// vault sends a request for a consumer with the application's key, and returns status and body.
func (s server) vault(t *testing.T, consumer, method, path, body string, header http.Header) (int, string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, s.baseURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header = header.Clone()
	if q.Header == nil {
		q.Header = http.Header{}
	}
	q.Header.Set("Authorization", "Bearer "+s.apiKey)
	q.Header.Set("X-Apideck-App-Id", s.appID)
	q.Header.Set("X-Apideck-Consumer-Id", consumer)
	if body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(got)
}
