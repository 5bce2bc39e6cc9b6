package e2e_test

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// TestProcessesShareCounters has two processes count together: of 40 calls that reach both
// at once, exactly 10 pass.
func TestProcessesShareCounters(t *testing.T) {
	c := newCluster(t, newServer())
	a, _ := c.join(t)
	b, _ := c.join(t)
	const limit = `{"name":"tokens","limit":10,"duration":86400000,"autoApply":true}`
	verify := func(path, fields, passed string) (call, string) {
		_, key := a.newAPIKey(t, fields)
		return call{path: path, key: a.rootKey, body: fmt.Sprintf(`{"key":%q}`, key)}, passed
	}
	ask := func(path string) (call, string) {
		return call{path: path, key: a.rootKey, body: `{"namespace":"shared","identifier":"` + path + `","limit":10,"duration":86400000}`}, `"success":true`
	}
	for name, give := range map[string]func() (call, string){
		"limit in v1": func() (call, string) { return ask("/v1/ratelimits.limit") },
		"limit in v2": func() (call, string) { return ask("/v2/ratelimit.limit") },
		"a key's limit": func() (call, string) {
			return verify("/v2/keys.verifyKey", `{"ratelimits":[`+limit+`]}`, `"valid":true`)
		},
		"a key's credits": func() (call, string) {
			return verify("/v2/keys.verifyKey", `{"credits":{"remaining":10}}`, `"valid":true`)
		},
		"credits in v1": func() (call, string) {
			return verify("/v1/keys.verifyKey", `{"credits":{"remaining":10}}`, `"valid":true`)
		},
		"an identity's limit": func() (call, string) {
			a.v2(t, "identities.createIdentity", `{"externalId":"shared","ratelimits":[`+limit+`]}`)
			return verify("/v2/keys.verifyKey", `{"externalId":"shared"}`, `"valid":true`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			give, passed := give()
			if got := admitted(t, give, passed, a, b); got != 10 {
				t.Errorf("%d of 40 calls passed, want 10", got)
			}
		})
	}
}

// admitted sends a call 40 times at once, to all servers in turn, and counts the answers
// that hold a text.
func admitted(t *testing.T, give call, text string, to ...server) int64 {
	t.Helper()
	var (
		wait   sync.WaitGroup
		passed atomic.Int64
	)
	for i := range 40 {
		wait.Go(func() {
			r, err := to[i%len(to)].send(t.Context(), give)
			if err != nil || r.status != http.StatusOK {
				t.Errorf("%s: status %d: %v %s", give.path, r.status, err, r.body)
			}
			if bytes.Contains(r.body, []byte(text)) {
				passed.Add(1)
			}
		})
	}
	wait.Wait()
	return passed.Load()
}
