package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestGuessing has a thousand wrong passwords of one user come at once, to three processes
// on one PostgreSQL. Five of them are compared, and then not even the right one gets in.
func TestGuessing(t *testing.T) {
	p := newPeople("people")
	c := newCluster(t, server{keys: newKeys(), people: p, tenants: map[string]people{p.tenant: p}})
	var all []server
	for range 3 {
		s, _ := c.join(t)
		all = append(all, s)
	}
	var calls sync.WaitGroup
	for i := range 1000 {
		calls.Go(func() {
			guess := p.helper
			guess.password = fmt.Sprint("guess number ", i)
			r := all[i%len(all)].loginContabo(t, guess, "")
			if r.status == http.StatusOK {
				t.Errorf("a guess got in: %s", guess.password)
			}
		})
	}
	calls.Wait()
	compared := 0
	for line := range strings.Lines(string(c.operate(t, all[0], "audit", "--service", "user-admin", "--tenant", p.tenant, "--limit", "0"))) {
		if strings.Contains(line, `"event":"login.failure"`) {
			compared++
		}
	}
	if compared < 1 || compared > 5 {
		t.Errorf("%d passwords were compared, want 5 at most", compared)
	}
	if r := all[1].loginContabo(t, p.helper, ""); r.status == http.StatusOK {
		t.Error("the right password got in")
	}
}
