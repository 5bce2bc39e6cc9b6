package identity_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// misses is how many an address has where each counts for a thousand.
const misses = 30

// dear is a limiter to which everything costs a thousand times as much.
type dear struct{ ratelimit.Limiter }

func (d dear) Check(ctx context.Context, checks ...ratelimit.Check) ([]ratelimit.Verdict, error) {
	for i := range checks {
		checks[i].Cost *= 1000
	}
	return d.Limiter.Check(ctx, checks...)
}

// besieged is a keyring whose keys are verified where misses are dear.
func besieged(t *testing.T) *keyring {
	k := newWorld(t, nil).keyring("ws_a")
	k.keys = identityv1.NewKeyServiceClient(k.process(dear{memlimit.New(memlimit.Options{})}))
	return k
}

// from is a context of a caller at an address, without a credential.
func (k *keyring) from(address string) context.Context {
	return metadata.NewOutgoingContext(k.t.Context(), metadata.Pairs(rpc.ClientKey, address))
}

// asks verifies a key in v1 and expects a verdict, or "" for the refusal to look.
func (k *keyring) asks(from, key, want string) {
	k.t.Helper()
	got, err := k.keys.VerifyKey(k.from(from), &identityv1.VerifyKeyRequest{Key: key})
	f := fault.From(err)
	if want == "" && (f == nil || f.Code != codes.ResourceExhausted || f.Reason != "RATE_LIMITED") || want != "" && got.GetCode() != want {
		k.t.Errorf("%s asks for %s: got %v, %v, want %q", from, key, got.GetCode(), err, want)
	}
}

// TestStrangersAreLimited has an address spend its misses.
func TestStrangersAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := besieged(t)
		regular, fresh := k.make(&identityv1.CreateKeyRequest{}).GetKey(), k.make(&identityv1.CreateKeyRequest{}).GetKey()
		k.asks("192.0.2.1", regular, "VALID")
		k.asks("2001:db8::1", regular, "VALID")
		for i := range misses {
			k.asks("192.0.2.1", fmt.Sprint("made_up_", i), "NOT_FOUND")
			k.asks(fmt.Sprintf("2001:db8::%x:1", i), fmt.Sprint("made_up_6_", i), "NOT_FOUND")
		}
		k.asks("192.0.2.1", "another", "")
		k.asks("2001:db8::99:2", "another", "")
		k.asks("192.0.2.1", fresh, "")              // it can't be told from a made-up one
		k.asks("192.0.2.1", regular, "VALID")       // from memory
		k.asks("192.0.2.2", fresh, "VALID")         // others are not touched
		k.asks("2001:db8:0:1::1", "x", "NOT_FOUND") // nor another network
		k.asks("", "unknown_address", "NOT_FOUND")
		time.Sleep(5 * time.Second)
		k.asks("192.0.2.1", regular, "VALID") // looked up again
		k.asks("192.0.2.1", fresh, "VALID")   // it has been found by now, for somebody else
		time.Sleep(2 * time.Minute)
		k.asks("192.0.2.1", "another", "NOT_FOUND")
	})
}

// Keys that are found, and asking for one unknown key again and again, are no misses.
func TestFoundKeysAreNoMisses(t *testing.T) {
	k := besieged(t)
	key := k.make(&identityv1.CreateKeyRequest{}).GetKey()
	for range misses + 1 {
		k.asks("192.0.2.1", key, "VALID")
		k.asks("192.0.2.1", "made_up", "NOT_FOUND")
	}
	k.asks("192.0.2.1", "another", "NOT_FOUND")
}
