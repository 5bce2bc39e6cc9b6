package docs_test

import (
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
	const clientSecret, password = "a secret of the client", "a password for both"
	dir := workplace(t)
	write(t, dir, "reports.key", reports+"\n")
	path := write(t, dir, "bootstrap.yaml", file)
	vars := startDev(t, dir, "ACME_BACKEND_KEY="+backend, "HOLDPLANE_BOOTSTRAP="+path,
		"ACME_CLIENT_SECRET="+clientSecret, "ANN_PASSWORD="+password, "CI_PASSWORD="+password)
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
