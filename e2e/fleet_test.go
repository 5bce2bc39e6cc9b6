package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// fleet is processes that share connections to a provider.
type fleet struct {
	server
	ctx     context.Context // with the key that tokens are handed out to
	servers []server
	running []*process
	tokens  []connectionvaultv1.TokenServiceClient
}

// newFleet starts one with n connections, whose refresh tokens nobody has used yet.
func newFleet(t *testing.T, n int) *fleet {
	t.Helper()
	s := newVaultOf(t, startProvider(t, fmt.Sprintf("TOKEN_SECONDS=%d", tokenLife)), "fleet")
	c := newCluster(t, s)
	c.server = c.of(t, "fleet")
	f := &fleet{server: c.server, ctx: withKey(t, c.tokenKey)}
	for range processes {
		s, p := c.join(t)
		f.servers, f.running = append(f.servers, s), append(f.running, p)
		f.tokens = append(f.tokens, connectionvaultv1.NewTokenServiceClient(dial(t, s.grpcAddr)))
	}
	for i := range n {
		token := f.provider.get(t, "/test/issue?account="+consumerOf(i))
		body := fmt.Sprintf(`{"credentials":{"refresh_token":%q}}`, token)
		code, answer := f.servers[0].vault(t, consumerOf(i), http.MethodPost, "/vault/connections/crm/acme-crm/import", body, nil)
		if code != http.StatusOK {
			t.Fatalf("import: status %d: %s", code, answer)
		}
	}
	return f
}

// wantHealth looks at a consumer's connection by the last process.
func (f *fleet) wantHealth(t *testing.T, consumer, want string) {
	t.Helper()
	code, body := f.servers[processes-1].vault(t, consumer, http.MethodGet, "/vault/connections/crm/acme-crm", "", nil)
	if code != http.StatusOK || !strings.Contains(body, want) {
		t.Errorf("the connection of %s: status %d, want %s in %s", consumer, code, want, body)
	}
}

// wantLost looks at what the processes that live count as lost, all together.
func (f *fleet) wantLost(t *testing.T, want float64) {
	t.Helper()
	sum := 0.0
	for n, s := range f.servers {
		if f.running[n].killed {
			continue
		}
		for line := range strings.Lines(get(t, "http://"+s.adminAddr+"/metrics")) {
			var lost float64
			if _, err := fmt.Sscanf(line, "holdplane_connection_tokens_lost_total %g", &lost); err == nil {
				sum += lost
			}
		}
	}
	if sum != want {
		t.Errorf("%v tokens are counted as lost, want %v", sum, want)
	}
}

// usage is how a provider has seen refresh tokens used: ones it took, ones it refused, ones
// that came a second time, and requests it leaves without an answer.
type usage struct{ Refreshed, Refused, Reused, Held int }

func (p provider) seen(t *testing.T) (u usage) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.get(t, "/test/seen")), &u); err != nil {
		t.Fatal(err)
	}
	return u
}

// hold has the provider leave the next refresh without an answer, before or after it counts.
func (p provider) hold(t *testing.T, when string) {
	t.Helper()
	p.get(t, "/test/hold?when="+url.QueryEscape(when))
}

func (p provider) get(t *testing.T, path string) string {
	t.Helper()
	return get(t, p.issuer+path)
}

// get returns what is at an address.
func get(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %s (%v)", address, res.Status, body, err)
	}
	return string(body)
}
