package docs_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

// TestBootstrap starts a server with the bootstrap file of tenancy.md, and comes in with
// the keys it names.
func TestBootstrap(t *testing.T) {
	text, err := os.ReadFile("tenancy.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	file, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("tenancy.md has no bootstrap file")
	}
	const backend, reports = "hp_root_backend_0123456789", "hp_root_reports_0123456789"
	const shopKey = "sk_live_0123456789abcdef"
	const clientSecret, password = "a secret of the client", "a password for both"
	dir := workplace(t)
	write(t, dir, "reports.key", reports+"\n")
	write(t, dir, "more-connectors.yaml", connectorIn(t, "operations.md"))
	path := write(t, dir, "bootstrap.yaml", file)
	vars := startDev(t, dir, "ACME_BACKEND_KEY="+backend, "HOLDPLANE_BOOTSTRAP="+path,
		"ACME_SHOP_KEY="+shopKey, "PIPEDRIVE_SECRET="+clientSecret, "ACME_CLIENT_SECRET="+clientSecret, "ANN_PASSWORD="+password, "CI_PASSWORD="+password)
	baseURL := strings.TrimPrefix(vars[0], "BASE_URL=")
	for key, want := range map[string]int{backend: http.StatusOK, reports: http.StatusForbidden} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
			baseURL+"/v1/identities.createIdentity", strings.NewReader(`{"externalId":"user_1"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s creates an identity with status %d, want %d", key, res.StatusCode, want)
		}
	}
	checkShop(t, baseURL, shopKey)
	for _, user := range []string{"ann@acme.example", "ci"} {
		res, err := http.PostForm(baseURL+"/auth/realms/contabo/protocol/openid-connect/token", url.Values{
			"grant_type": {"password"}, "client_id": {"DE-54321"}, "client_secret": {clientSecret}, "username": {user}, "password": {password},
		})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s logs in with status %d", user, res.StatusCode)
		}
	}
}

// connectorIn is the connector that a page has for an example.
func connectorIn(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```yaml\nservice_id:")
	file, _, whole := strings.Cut(rest, "```\n")
	if !ok || !whole {
		t.Fatalf("%s has no connector", page)
	}
	return "service_id:" + file
}

// checkShop lists what the file's application integrates, with its key.
func checkShop(t *testing.T, baseURL, key string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, baseURL+"/vault/connections", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + key}, "X-Apideck-App-Id": {"shop"}, "X-Apideck-Consumer-Id": {"customer_1"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{`"crm+pipedrive"`, `"crm+activecampaign"`} {
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), id) {
			t.Errorf("the shop's connections: status %d, without %s", res.StatusCode, id)
		}
	}
}
