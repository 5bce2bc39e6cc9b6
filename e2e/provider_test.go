package e2e_test

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// provider is an OAuth server that customers connect.
type provider struct {
	issuer           string
	clientID, secret string // of Holdplane's client there
	cmd              *exec.Cmd
}

// startProvider starts one, which ends with the test. It sends browsers back to any port of
// loopback.
func startProvider(t *testing.T, more ...string) provider {
	t.Helper()
	p := provider{clientID: "holdplane", secret: rand.Text()}
	p.cmd = server{}.node(t, "oauth/main.cjs")
	p.cmd.Env = append(p.cmd.Env, "CLIENT_ID="+p.clientID, "CLIENT_SECRET="+p.secret, "REDIRECT_URI=http://127.0.0.1/vault/callback")
	p.cmd.Env = append(p.cmd.Env, more...)
	if _, err := p.cmd.StdinPipe(); err != nil { // held open until the test ends
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait() // tells of that kill
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if p.issuer = strings.TrimSpace(line); err != nil || p.issuer == "" {
		t.Fatalf("the provider says %q (%v)", line, err)
	}
	return p
}

// connectors are the services that the provider is: by a browser, and by a grant to clients
// that customers bring along.
func (p provider) connectors() string {
	return fmt.Sprintf(`service_id: acme-crm
name: Acme CRM
unified_apis: [crm]
status: live
auth_type: oauth2
allow_addresses: [127.0.0.0/8]
oauth:
  grant: authorization_code
  authorize_url: %[1]s/auth
  token_url: %[1]s/token
  revoke_url: %[1]s/token/revocation
  issuer: %[1]s
  scopes: [openid, offline_access, crm]
  client_auth: body
  authorize_params: {prompt: consent}
---
service_id: acme-books
name: Acme Books
unified_apis: [accounting]
status: live
auth_type: oauth2
allow_addresses: [127.0.0.0/8]
oauth:
  grant: client_credentials
  token_url: %[1]s/token
  client_auth: body
  credentials_source: connection
fields:
  - {id: client_id, label: Client id, type: text, required: true}
  - {id: client_secret, label: Client secret, type: text, required: true, sensitive: true}
resources: {configurable: [invoices, bills], settings: [invoices]}
`, p.issuer)
}

// standsIn has the provider answer in the place of all others: whatever a test connects, no
// call leaves the machine.
func (p provider) standsIn(t *testing.T) string {
	t.Helper()
	shipped, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for c := range shipped.All() {
		if c.OAuth == nil || c.OAuth.TokenURL == "" {
			continue // a service that is not live yet
		}
		fmt.Fprintf(&b, "---\nservice_id: %s\nallow_addresses: [127.0.0.0/8]\noauth:\n", c.ServiceID)
		for _, url := range []struct{ name, shipped, path string }{
			{"authorize_url", c.OAuth.AuthorizeURL, "/auth"}, {"token_url", c.OAuth.TokenURL, "/token"},
			{"refresh_url", c.OAuth.RefreshURL, "/token"}, {"revoke_url", c.OAuth.RevokeURL, "/token/revocation"},
		} {
			if url.shipped != "" {
				fmt.Fprintf(&b, "  %s: %s%s\n", url.name, p.issuer, url.path)
			}
		}
	}
	return b.String()
}
