package identity_test

import (
	"fmt"
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

const minute = 60_000

func limitOf(name string, limit int64, auto bool) *identityv2.RatelimitRequest {
	return &identityv2.RatelimitRequest{Name: name, Limit: limit, Duration: minute, AutoApply: auto}
}

// owned makes an identity with limits, and keys of it with limits of their own.
func (k *keyring) owned(externalID string, owner []*identityv2.RatelimitRequest, own ...[]*identityv2.RatelimitRequest) (keys []string) {
	k.t.Helper()
	if _, err := identityv2.NewIdentityServiceClient(k.public).CreateIdentity(k.ctx, &identityv2.CreateIdentityRequest{ExternalId: externalID, Ratelimits: owner}); err != nil {
		k.t.Fatal(err)
	}
	for _, limits := range own {
		made, err := k.keysV2.CreateKey(k.ctx, &identityv2.CreateKeyRequest{ApiId: k.api, ExternalId: &externalID, Ratelimits: limits})
		if err != nil {
			k.t.Fatal(err)
		}
		keys = append(keys, made.GetKey())
	}
	return keys
}

// TestLimitsAreCountedAt tells whose counters are shared, in both versions.
func TestLimitsAreCountedAt(t *testing.T) {
	type limits = []*identityv2.RatelimitRequest
	inline1 := []*identityv1.VerifyRatelimits{{Name: "burst", Limit: proto.Int64(1), Duration: proto.Int64(minute)}}
	inline2 := []*identityv2.VerifyKeyRatelimit{{Name: "burst", Limit: proto.Int64(1), Duration: proto.Int64(minute)}}
	for _, tt := range []struct {
		name       string
		owner, key limits
		r1         []*identityv1.VerifyRatelimits
		r2         []*identityv2.VerifyKeyRatelimit
		// v1 and v2 are the codes of a second key of the identity, once the first is used up.
		v1, v2 string
	}{
		{"the identity's limit", limits{limitOf("calls", 1, true)}, nil, nil, nil, "RATE_LIMITED", "RATE_LIMITED"},
		{"the key's limit", nil, limits{limitOf("calls", 1, true)}, nil, nil, "RATE_LIMITED", "VALID"},
		{"the key's before the identity's", limits{limitOf("calls", 99, true)}, limits{limitOf("calls", 1, true)}, nil, nil, "RATE_LIMITED", "VALID"},
		{"the request's limit", nil, nil, inline1, inline2, "RATE_LIMITED", "VALID"},
		{"a limit that does not apply by itself", limits{limitOf("calls", 1, false)}, nil, nil, nil, "VALID", "VALID"},
		{"one that the request names", limits{limitOf("calls", 1, false)}, nil,
			[]*identityv1.VerifyRatelimits{{Name: "calls"}}, []*identityv2.VerifyKeyRatelimit{{Name: "calls"}}, "RATE_LIMITED", "RATE_LIMITED"},
		{"reading it", limits{limitOf("calls", 1, true)}, nil,
			[]*identityv1.VerifyRatelimits{{Name: "calls", Cost: proto.Int64(0)}}, []*identityv2.VerifyKeyRatelimit{{Name: "calls", Cost: proto.Int64(0)}}, "VALID", "VALID"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newWorld(t, nil).keyring("ws_a")
			keys := k.owned("user_1", tt.owner, tt.key, tt.key)
			for i, want1 := range []string{"VALID", tt.v1} {
				want2 := []string{"VALID", tt.v2}[i]
				v1 := k.verifyV1(&identityv1.VerifyKeyRequest{Key: keys[i], Ratelimits: tt.r1}).GetCode()
				v2 := k.verifyV2(&identityv2.VerifyKeyRequest{Key: keys[i], Ratelimits: tt.r2}).GetCode()
				if v1 != want1 || v2 != want2 {
					t.Errorf("key %d: got %s in v1 and %s in v2, want %s and %s", i+1, v1, v2, want1, want2)
				}
			}
		})
	}
}

// TestShownLimits compares whole verdicts on limits, at a time at which windows begin.
func TestShownLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newWorld(t, nil).keyring("ws_a")
		keys := k.owned("user_1", []*identityv2.RatelimitRequest{limitOf("calls", 10, true)}, []*identityv2.RatelimitRequest{limitOf("tokens", 5, false)})
		reset := time.Now().Truncate(time.Minute).Add(time.Minute).UnixMilli()
		wanted := []*identityv1.VerifyRatelimits{{Name: "tokens", Cost: proto.Int64(4)}}
		for _, want := range []*identityv1.VerifiedRatelimit{
			{Limit: 10, Remaining: 9, Reset_: reset}, // the first, while all admit
			{Limit: 5, Remaining: 1, Reset_: reset},  // the one that denies
		} {
			got := k.verifyV1(&identityv1.VerifyKeyRequest{Key: keys[0], Ratelimits: wanted}).GetRatelimit()
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("v1 (-want +got):\n%s", diff)
			}
		}
		wantedV2 := []*identityv2.VerifyKeyRatelimit{{Name: "tokens", Cost: proto.Int64(4)}, {Name: "none", Limit: proto.Int64(0), Duration: proto.Int64(1 << 52)}}
		got := k.verifyV2(&identityv2.VerifyKeyRequest{Key: keys[0], Ratelimits: wantedV2})
		for _, l := range got.GetRatelimits() {
			if l.GetId() == "" != (l.GetName() == "none") {
				t.Errorf("id of %s is %q", l.GetName(), l.GetId())
			}
			l.Id = ""
		}
		// "none" denies, so nothing is consumed anywhere.
		want := []*identityv2.VerifyKeyRatelimitResult{
			{Name: "calls", Limit: 10, Remaining: 10, Duration: minute, Reset_: reset, AutoApply: true},
			{Name: "tokens", Limit: 5, Remaining: 5, Duration: minute, Reset_: reset},
			{Name: "none", Exceeded: true, Duration: 1<<40 - 1, Reset_: (time.Now().UnixMilli()/(1<<40-1) + 1) * (1<<40 - 1)},
		}
		if diff := cmp.Diff(want, got.GetRatelimits(), protocmp.Transform()); diff != "" {
			t.Errorf("v2 (-want +got):\n%s", diff)
		}
	})
}

func TestLimitsThatAreNotThere(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	owned, alone := k.owned("user_1", nil, nil)[0], k.make(&identityv1.CreateKeyRequest{}).GetKey()
	for _, tt := range []struct{ key, v1, v2 string }{
		{owned, ` nor identity { id: `, ` nor identity: '`},
		{alone, ` and there is no identity connected`, ` and there is no identity connected.`},
	} {
		_, err := k.keys.VerifyKey(t.Context(), &identityv1.VerifyKeyRequest{Key: tt.key, Ratelimits: []*identityv1.VerifyRatelimits{{Name: "absent", Limit: proto.Int64(1)}}})
		expectCode(t, err, codes.InvalidArgument)
		if text := fault.From(err).Message; !strings.HasPrefix(text, `ratelimit "absent" was requested but does not exist for key "key_`) || !strings.Contains(text, tt.v1) {
			t.Errorf("v1: %s", text)
		}
		_, err = k.keysV2.VerifyKey(k.ctx, &identityv2.VerifyKeyRequest{Key: tt.key, Ratelimits: []*identityv2.VerifyKeyRatelimit{{Name: "absent", Duration: proto.Int64(minute)}}})
		expectCode(t, err, codes.FailedPrecondition)
		if f := fault.From(err); f.Reason != "RATELIMIT_UNKNOWN" || !strings.HasPrefix(f.Message, `ratelimit 'absent' was requested but does not exist for key 'key_`) || !strings.Contains(f.Message, tt.v2) {
			t.Errorf("v2: %v", f)
		}
	}
}

// More limits than are decided over at once are the request's fault.
func TestTooManyLimits(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	key := k.owned("user_1", nil, []*identityv2.RatelimitRequest{limitOf("calls", 1000, true)})[0]
	r := &identityv2.VerifyKeyRequest{Key: key}
	for i := range 100 {
		r.Ratelimits = append(r.Ratelimits, &identityv2.VerifyKeyRatelimit{Name: fmt.Sprintf("limit_%d", i), Limit: proto.Int64(5), Duration: proto.Int64(minute)})
	}
	_, err := k.keysV2.VerifyKey(k.ctx, r)
	expectCode(t, err, codes.InvalidArgument)
	r.Ratelimits = r.Ratelimits[1:]
	if got := k.verifyV2(r); got.GetCode() != "VALID" || len(got.GetRatelimits()) != 100 {
		t.Errorf("got %s and %d limits", got.GetCode(), len(got.GetRatelimits()))
	}
}
