package identity_test

import (
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
)

func TestRerollKeepsTheSettings(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	old, err := k.keysV2.CreateKey(k.ctx, &identityv2.CreateKeyRequest{
		ApiId: k.api, Prefix: proto.String("sk"), ByteLength: proto.Int32(40), Name: proto.String("n"), Meta: `{"a":1}`,
		ExternalId: proto.String("u1"), Permissions: []string{"p"}, Recoverable: true, Enabled: proto.Bool(false),
		Credits:    &identityv2.KeyCredits{Remaining: proto.Int64(5), Refill: &identityv2.KeyCreditsRefill{Interval: "daily", Amount: 9}},
		Ratelimits: []*identityv2.RatelimitRequest{limitV2("one", 1, true)}, Expires: proto.Int64(4102444800000),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &identityv2.RerollKeyRequest{KeyId: old.GetKeyId()}
	_, err = k.keysV2.RerollKey(k.holding("api.*.create_key"), r)
	expectCode(t, err, codes.PermissionDenied) // recoverable: encrypt_key, too
	want := k.getV2(old.GetKeyId())
	made, err := k.keysV2.RerollKey(k.holding("api.*.create_key", "api."+k.api+".encrypt_key"), r)
	if err != nil {
		t.Fatal(err)
	}
	got := k.getV2(made.GetKeyId())
	if got.GetRatelimits()[0].GetId() == want.GetRatelimits()[0].GetId() {
		t.Error("the limit is the old key's")
	}
	got.Ratelimits[0].Id, want.Ratelimits[0].Id = "", ""
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(made.GetKey(), "sk_") || len(made.GetKey()) < 45 || made.GetKey() == old.GetKey() {
		t.Errorf("%s follows %s", made.GetKey(), old.GetKey())
	}
	shown, err := k.keys.GetKey(k.ctx, &identityv1.GetKeyRequest{KeyId: made.GetKeyId(), Decrypt: true})
	if err != nil || shown.GetKey().GetPlaintext() != made.GetKey() {
		t.Errorf("shown again: %v, %v", shown, err)
	}
	who, err := k.keysV2.Whoami(k.ctx, &identityv2.WhoamiRequest{Key: made.GetKey()})
	if err != nil || who.GetKey().GetKeyId() != made.GetKeyId() {
		t.Errorf("whoami: %v, %v", who, err)
	}
}

func TestRerollEndsTheOldKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newWorld(t, nil).keyring("a")
		now := time.Now().UnixMilli()
		for _, tt := range []struct {
			name  string
			ends  int64
			after *int64
			want  int64
		}{
			{"at once", 0, proto.Int64(0), now},
			{"after a while", 0, proto.Int64(5000), now + 5000},
			{"no later than before", now + 1000, proto.Int64(5000), now + 1000},
			{"sooner than before", now + 9000, proto.Int64(5000), now + 5000},
			{"when it would have ended", now + 9000, nil, now + 9000},
			{"never", 0, nil, 0},
		} {
			id := k.make(&identityv1.CreateKeyRequest{Expires: proto.Int64(tt.ends)}).GetKeyId()
			if _, err := k.keysV2.RerollKey(k.ctx, &identityv2.RerollKeyRequest{KeyId: id, Expiration: tt.after}); err != nil {
				t.Fatal(err)
			}
			if got := k.get(id).GetExpires(); got != tt.want {
				t.Errorf("%s: the old key ends %d ms from now, want %d", tt.name, got-now, tt.want-now)
			}
		}
	})
}
