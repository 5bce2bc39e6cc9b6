package identity_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
)

const most = 1<<53 - 1

// TestUpdateCredits makes the same changes to one key in v1 and another in v2.
func TestUpdateCredits(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	first, second := k.make(&identityv1.CreateKeyRequest{}), k.make(&identityv1.CreateKeyRequest{})
	for _, tt := range []struct {
		name  string
		op    string
		value *int64
		left  int64 // -1 for any number, -2 for a refusal
	}{
		{"adding to any number", "increment", proto.Int64(1), -2},
		{"taking from any number", "decrement", proto.Int64(1), -2},
		{"setting", "set", proto.Int64(5), 5},
		{"adding", "increment", proto.Int64(3), 8},
		{"adding nothing", "increment", proto.Int64(0), 8},
		{"adding null", "increment", nil, -2},
		{"taking null", "decrement", nil, -2},
		{"taking", "decrement", proto.Int64(6), 2},
		{"taking more than there is", "decrement", proto.Int64(most), 0},
		{"adding the most", "increment", proto.Int64(most), most},
		{"adding to the most", "increment", proto.Int64(most), most},
		{"adding more than a number holds", "increment", proto.Int64(math.MaxInt64), -2},
		{"setting nothing", "set", proto.Int64(0), 0},
		{"setting any number", "set", nil, -1},
		{"setting any number again", "set", nil, -1},
	} {
		want := proto.Int64(tt.left)
		if tt.left == -1 {
			want = nil
		}
		one, err := k.keys.UpdateRemaining(k.ctx, &identityv1.UpdateRemainingRequest{KeyId: first.GetKeyId(), Op: tt.op, Value: tt.value})
		expectUpdate(t, tt.name, err, tt.left, one, &identityv1.UpdateRemainingResponse{Remaining: want})
		two, err := k.keysV2.UpdateCredits(k.ctx, &identityv2.UpdateCreditsRequest{KeyId: second.GetKeyId(), Operation: tt.op, Value: tt.value})
		expectUpdate(t, tt.name, err, tt.left, two, &identityv2.UpdateCreditsResponse{Credits: &identityv2.KeyCredits{Remaining: want}})
		if tt.left == 0 {
			k.expect(first.GetKey(), "USAGE_EXCEEDED") // what is remembered is not in the way
			k.expect(second.GetKey(), "USAGE_EXCEEDED")
		}
	}
	k.expect(first.GetKey(), "VALID")
}

func expectUpdate(t *testing.T, name string, err error, left int64, got, want proto.Message) {
	t.Helper()
	if left == -2 {
		if f := fault.From(err); f == nil || f.Code != codes.InvalidArgument {
			t.Errorf("%s: got %v, want InvalidArgument", name, err)
		}
		return
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil {
		t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
	}
}

// What was set stays until the next renewal, and goes on being renewed.
func TestUpdatedCreditsAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newWorld(t, nil).keyring("ws_a")
		k.rest()
		made := k.make(&identityv1.CreateKeyRequest{Remaining: proto.Int64(1), Refill: &identityv1.KeyRefill{Interval: "daily", Amount: 10}})
		time.Sleep(36 * time.Hour)
		got, err := k.keysV2.UpdateCredits(k.ctx, &identityv2.UpdateCreditsRequest{KeyId: made.GetKeyId(), Operation: "increment", Value: proto.Int64(5)})
		want := &identityv2.KeyCredits{Remaining: proto.Int64(15), Refill: &identityv2.KeyCreditsRefill{Interval: "daily", Amount: 10}}
		if diff := cmp.Diff(want, got.GetCredits(), protocmp.Transform()); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		for _, want := range []int64{14, 9} {
			if got := k.verifyV1(&identityv1.VerifyKeyRequest{Key: made.GetKey()}); got.GetRemaining() != want {
				t.Errorf("%d left, want %d", got.GetRemaining(), want)
			}
			time.Sleep(24 * time.Hour)
		}
	})
}

func TestWhoUpdatesCredits(t *testing.T) {
	w := newWorld(t, nil)
	a, b := w.keyring("ws_a"), w.keyring("ws_b")
	id := a.make(&identityv1.CreateKeyRequest{}).GetKeyId()
	for _, tt := range []struct {
		name string
		ring *keyring
		id   string
		with string
		want codes.Code
	}{
		{"for all APIs", a, id, "api.*.update_key", codes.OK},
		{"for the key's API", a, id, "api." + a.api + ".update_key", codes.OK},
		{"for another API", a, id, "api.api_x.update_key", codes.PermissionDenied},
		{"for another API, a key that is not there", a, "key_absent", "api.api_x.update_key", codes.PermissionDenied},
		{"a key that is not there", a, "key_absent", "api.*.update_key", codes.NotFound},
		{"another tenant's key", b, id, "api.*.update_key", codes.NotFound},
	} {
		ctx := tt.ring.holding(tt.with)
		_, err1 := tt.ring.keys.UpdateRemaining(ctx, &identityv1.UpdateRemainingRequest{KeyId: tt.id, Op: "set", Value: proto.Int64(1)})
		_, err2 := tt.ring.keysV2.UpdateCredits(ctx, &identityv2.UpdateCreditsRequest{KeyId: tt.id, Operation: "set", Value: proto.Int64(1)})
		for _, err := range []error{err1, err2} {
			if f := fault.From(err); (f == nil) != (tt.want == codes.OK) || f != nil && f.Code != tt.want {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
			}
		}
	}
	updates := slices.DeleteFunc(a.allEvents(), func(e string) bool { return !strings.HasPrefix(e, "key.update") })
	if len(updates) != 4 {
		t.Errorf("audited are %v, want 4 updates", updates)
	}
}
