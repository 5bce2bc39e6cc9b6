package identity_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// TestCreditsAreExact has many callers in both versions: as many uses are valid as there
// are credits, each with another number left.
func TestCreditsAreExact(t *testing.T) {
	const callers, each, credits = 64, 3, 100
	k := newWorld(t, nil).keyring("ws_a")
	key := k.make(&identityv1.CreateKeyRequest{Remaining: proto.Int64(credits)}).GetKey()
	var valid atomic.Int32
	var left sync.Map
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for range each {
				var code string
				var n int64
				if i%2 == 0 {
					v := k.verifyV1(&identityv1.VerifyKeyRequest{Key: key})
					code, n = v.GetCode(), v.GetRemaining()
				} else {
					v := k.verifyV2(&identityv2.VerifyKeyRequest{Key: key})
					code, n = v.GetCode(), v.GetCredits()
				}
				if _, seen := left.LoadOrStore(n, true); code == "VALID" && seen && n != 0 {
					t.Errorf("%d left twice", n)
				}
				if code == "VALID" {
					valid.Add(1)
				} else if code != "USAGE_EXCEEDED" || n != 0 {
					t.Errorf("got %s with %d left", code, n)
				}
			}
		})
	}
	all.Wait()
	if valid.Load() != credits {
		t.Errorf("%d uses are valid, want %d", valid.Load(), credits)
	}
}

// TestCosts uses one key again and again, and counts what is written.
func TestCosts(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	key := k.make(&identityv1.CreateKeyRequest{Remaining: proto.Int64(10)}).GetKey()
	for _, tt := range []struct {
		name   string
		cost   int64
		code   string
		left   int64
		writes int32
	}{
		{"some", 4, "VALID", 6, 1},
		{"nothing", 0, "VALID", 6, 0},
		{"too much", 7, "USAGE_EXCEEDED", 6, 0},
		{"what is left", 6, "VALID", 0, 1},
		{"more than is left", 1, "USAGE_EXCEEDED", 0, 0},
		{"nothing, of nothing", 0, "VALID", 0, 0},
	} {
		before := k.store.updates.Load()
		got := k.verifyV2(&identityv2.VerifyKeyRequest{Key: key, Credits: &identityv2.VerifyKeyCredits{Cost: tt.cost}})
		if got.GetCode() != tt.code || got.Credits == nil || got.GetCredits() != tt.left {
			t.Errorf("%s: %s with %d left, want %s with %d", tt.name, got.GetCode(), got.GetCredits(), tt.code, tt.left)
		}
		if n := k.store.updates.Load() - before; n != tt.writes {
			t.Errorf("%s: %d writes, want %d", tt.name, n, tt.writes)
		}
	}
}

// What a limit denies takes no credit, and v2 tells the credits all the same.
func TestDeniedUsesAreFree(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	limit := &identityv1.KeyRatelimit{Limit: proto.Int64(1), Duration: proto.Int64(3_600_000)}
	key := k.make(&identityv1.CreateKeyRequest{Remaining: proto.Int64(10), Ratelimit: limit}).GetKey()
	for _, want := range []string{"VALID", "RATE_LIMITED", "RATE_LIMITED"} {
		got := k.verifyV2(&identityv2.VerifyKeyRequest{Key: key})
		if got.GetCode() != want || got.GetCredits() != 9 {
			t.Errorf("got %s with %d left, want %s with 9", got.GetCode(), got.GetCredits(), want)
		}
	}
	if got := k.verifyV1(&identityv1.VerifyKeyRequest{Key: key}); got.GetRemaining() != 8 {
		t.Errorf("v1: %v", got)
	}
	if got := k.verifyV1(&identityv1.VerifyKeyRequest{Key: key}); got.Remaining != nil || got.GetCode() != "RATE_LIMITED" {
		t.Errorf("v1: %v", got)
	}
}

// A panic on the way to the credits fails the uses that wait, and neither ends the process
// nor keeps the key from working again.
func TestPanicsFailSingleUses(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	key := k.make(&identityv1.CreateKeyRequest{Remaining: proto.Int64(1)}).GetKey()
	k.store.broken.Store(true)
	_, err := k.keys.VerifyKey(t.Context(), &identityv1.VerifyKeyRequest{Key: key})
	expectCode(t, err, codes.Internal)
	k.store.broken.Store(false)
	if got := k.verifyV1(&identityv1.VerifyKeyRequest{Key: key}); got.GetCode() != "VALID" {
		t.Errorf("got %v", got)
	}
}

// TestRefill uses a key at times around midnights and the ends of months.
func TestRefill(t *testing.T) {
	daily := &identityv1.KeyRefill{Interval: "daily", Amount: 3}
	monthly := func(day int32) *identityv1.KeyRefill {
		return &identityv1.KeyRefill{Interval: "monthly", Amount: 3, RefillDay: &day}
	}
	for _, tt := range []struct {
		name   string
		refill *identityv1.KeyRefill
		made   string
		// at are times, and left what a use then leaves; -1 for USAGE_EXCEEDED.
		at   []string
		left []int64
	}{
		{"daily", daily, "2000-01-30T22:00:00Z",
			[]string{"2000-01-30T23:59:59Z", "2000-01-30T23:59:59Z", "2000-01-31T00:00:00Z", "2000-01-31T23:00:00Z", "2000-02-03T00:00:00Z"},
			[]int64{0, -1, 2, 1, 2}},
		{"monthly", monthly(15), "2000-01-20T00:00:00Z",
			[]string{"2000-01-21T00:00:00Z", "2000-02-14T23:59:59Z", "2000-02-15T00:00:00Z", "2000-03-14T00:00:00Z", "2000-05-01T00:00:00Z"},
			[]int64{0, -1, 2, 1, 2}},
		{"monthly, on a day that February lacks", monthly(31), "2000-01-31T12:00:00Z",
			[]string{"2000-02-28T23:59:59Z", "2000-02-28T23:59:59Z", "2000-02-29T00:00:00Z", "2000-03-30T23:59:59Z", "2000-03-31T00:00:00Z", "2000-04-30T00:00:00Z"},
			[]int64{0, -1, 2, 1, 2, 2}},
		{"never", nil, "2000-01-30T22:00:00Z", []string{"2000-01-31T00:00:00Z", "2001-01-01T00:00:00Z"}, []int64{0, -1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newWorld(t, nil).keyring("ws_a")
				k.rest()
				sleepUntil(t, tt.made)
				key := k.make(&identityv1.CreateKeyRequest{Remaining: proto.Int64(1), Refill: tt.refill}).GetKey()
				for i, at := range tt.at {
					sleepUntil(t, at)
					got := k.verifyV1(&identityv1.VerifyKeyRequest{Key: key})
					if used := got.GetCode() == "USAGE_EXCEEDED"; used != (tt.left[i] < 0) || got.GetRemaining() != max(0, tt.left[i]) {
						t.Errorf("at %s: %s with %d left, want %d", at, got.GetCode(), got.GetRemaining(), tt.left[i])
					}
				}
			})
		})
	}
}

func sleepUntil(t *testing.T, at string) {
	t.Helper()
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(when))
}
