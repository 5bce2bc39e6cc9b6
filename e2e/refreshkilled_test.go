package e2e_test

import (
	"sync"
	"testing"
)

// TestRefreshKilledCampaign kills a process while the provider has two of its refreshes: one
// that counts there already, and one that does not yet. The others try both once more, when
// the dead one's leases have run out.
func TestRefreshKilledCampaign(t *testing.T) {
	t.Parallel()
	spent, unspent, idle := consumerOf(0), consumerOf(1), consumerOf(2)
	f := newFleet(t, 3)
	var cut sync.WaitGroup
	for held, refresh := range []struct{ consumer, when string }{{spent, "after"}, {unspent, "before"}} {
		f.provider.hold(t, refresh.when)
		cut.Go(func() {
			if err := f.token(0, refresh.consumer); err == nil {
				t.Errorf("the killed process has a token of %s", refresh.consumer)
			}
		})
		eventually(t, "the refresh of "+refresh.consumer, func() bool { return f.provider.seen(t).Held == held+1 })
	}
	f.running[0].kill(t)
	cut.Wait()

	for process := 1; process < processes; process++ {
		if _, err := f.patiently(process, idle); err != nil {
			t.Errorf("a connection that the killed process did not use: %v", err)
		}
	}
	// Callers wait for a lease some 6 seconds each, and it lasts for 60.
	if retries, err := f.patiently(1, unspent); err != nil || retries == 0 {
		t.Errorf("after %d retries: %v, want some, and then a token", retries, err)
	}
	if _, err := f.patiently(2, spent); err == nil || passing(err) {
		t.Errorf("a refresh token that was used already: %v, want to be refused", err)
	}
	f.wantHealth(t, spent, `"health":"needs_auth"`)
	f.wantHealth(t, unspent, `"health":"ok"`)
	f.wantHealth(t, idle, `"health":"ok"`)
	f.wantLost(t, 1)
	if seen := f.provider.seen(t); seen.Reused != 1 || seen.Refused != 1 {
		t.Errorf("the provider has seen %d refresh tokens twice and refused %d, want that one once more", seen.Reused, seen.Refused)
	}
}
