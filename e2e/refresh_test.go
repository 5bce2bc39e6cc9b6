package e2e_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// campaign is how many there are of something in CI, or in the whole campaign.
func campaign(ci, whole int) int {
	if os.Getenv("HOLDPLANE_CAMPAIGN") != "" {
		return whole
	}
	return ci
}

const (
	processes   = 4
	connected   = 5  // connections that all callers share
	tokenLife   = 20 // seconds; a token with less than 30 left is due, so each is at once
	mostRetries = 20
)

// TestRefreshCampaign has callers of four processes ask for tokens that are always due. The
// provider ends a grant whose refresh token is used twice.
func TestRefreshCampaign(t *testing.T) {
	t.Parallel()
	callers, rounds := campaign(25, 100), campaign(6, 50)
	f := newFleet(t, connected)
	var handedOut, retried atomic.Int64
	began := time.Now()
	for round := range rounds {
		var all sync.WaitGroup
		for n := range processes * callers {
			all.Go(func() {
				retries, err := f.patiently(n%processes, consumerOf(n/processes%connected))
				retried.Add(int64(retries))
				if handedOut.Add(1); err != nil {
					t.Errorf("round %d, caller %d: %v", round, n, err)
				}
			})
		}
		if all.Wait(); t.Failed() {
			break
		}
	}
	seen := f.provider.seen(t)
	t.Logf("%d calls, %d retries, %d refreshes in %v", handedOut.Load(), retried.Load(), seen.Refreshed, time.Since(began))
	if seen.Reused != 0 || seen.Refused != 0 {
		t.Errorf("the provider has seen %d refresh tokens twice and refused %d", seen.Reused, seen.Refused)
	}
	if seen.Refreshed < rounds*connected {
		t.Errorf("%d refreshes in %d rounds, want one for each of %d connections at least", seen.Refreshed, rounds, connected)
	}
	for n := range connected {
		f.wantHealth(t, consumerOf(n), `"health":"ok"`)
	}
	f.wantLost(t, 0)
}

// consumerOf is the nth connection's.
func consumerOf(n int) string { return fmt.Sprintf("consumer-%d", n) }

// patiently asks a process for a consumer's token, and again while others refresh it.
func (f *fleet) patiently(process int, consumer string) (retries int, err error) {
	for ; retries < mostRetries; retries++ {
		if err = f.token(process, consumer); err == nil || !passing(err) {
			break
		}
	}
	return retries, err
}

// passing tells whether a process asks its caller to try again.
func passing(err error) bool { return strings.Contains(err.Error(), "try again") }

// token asks a process for a consumer's.
func (f *fleet) token(process int, consumer string) error {
	ctx, cancel := context.WithTimeout(f.ctx, 10*time.Second)
	defer cancel()
	got, err := f.tokens[process].GetAccessToken(ctx, &connectionvaultv1.GetAccessTokenRequest{
		ApplicationId: f.appID, ConsumerId: consumer, UnifiedApi: "crm", ServiceId: "acme-crm",
	})
	if err == nil && got.GetAccessToken() == "" {
		return status.Error(codes.Internal, "an answer without a token")
	}
	return err
}
