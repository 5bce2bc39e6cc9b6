package identity_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

func hashOf(key string) string {
	d := sha256.Sum256([]byte(key))
	return base64.StdEncoding.EncodeToString(d[:])
}

func hexOf(key string) string {
	d := sha256.Sum256([]byte(key))
	return hex.EncodeToString(d[:])
}

func migrated(api, key string) *identityv1.MigratedKey {
	return &identityv1.MigratedKey{ApiId: api, Hash: &identityv1.KeyHash{Value: hashOf(key), Variant: "sha256_base64"}}
}

func (k *keyring) migrate(as context.Context, all ...*identityv1.MigratedKey) ([]string, error) {
	r, err := identityv1.NewMigrationServiceClient(k.public).CreateKeys(as, &identityv1.CreateKeysRequest{Keys: all})
	return r.GetKeyIds(), err
}

// known tells whether a key is found by itself.
func (k *keyring) known(key string) bool {
	_, err := k.keys.Whoami(k.ctx, &identityv1.WhoamiRequest{Key: key})
	if err != nil {
		expectCode(k.t, err, codes.NotFound)
	}
	return err == nil
}

func TestMigrationTakesAllOrNone(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	k.make(&identityv1.CreateKeyRequest{Roles: []string{"r"}})
	good := migrated(k.api, "good")
	good.Roles = []string{"r"}
	roleless, odd := migrated(k.api, "roleless"), migrated(k.api, "odd")
	roleless.Roles, odd.Meta = []string{"nowhere"}, `[]`
	both, none, refill := migrated(k.api, "both"), migrated(k.api, "none"), migrated(k.api, "refill")
	both.Plaintext, none.Hash, refill.Refill = proto.String("both"), nil, &identityv1.KeyRefill{Interval: "daily", Amount: 1}
	short := migrated(k.api, "short")
	short.Hash.Value = "c2hvcnQ="
	plain := &identityv1.MigratedKey{ApiId: k.api, Plaintext: proto.String("plain_0123456789abcdef")}
	here := k.holding("api." + k.api + ".create_key")
	for _, tt := range []struct {
		name string
		as   context.Context
		bad  *identityv1.MigratedKey
		want codes.Code
	}{
		{name: "a role that is missing", bad: roleless, want: codes.FailedPrecondition},
		{name: "meta that is no object", bad: odd, want: codes.InvalidArgument},
		{name: "hash and key", bad: both, want: codes.InvalidArgument},
		{name: "neither", bad: none, want: codes.InvalidArgument},
		{name: "a refill of nothing", bad: refill, want: codes.InvalidArgument},
		{name: "no SHA-256", bad: short, want: codes.InvalidArgument},
		{name: "one key twice", bad: migrated(k.api, "good"), want: codes.AlreadyExists},
		{name: "an unknown API", bad: migrated("api_nowhere", "x"), want: codes.NotFound},
		{name: "an API that is not the caller's to fill", as: here, bad: migrated("api_nowhere", "x"), want: codes.PermissionDenied},
		{name: "a key itself, without permission to keep it", as: here, bad: plain, want: codes.PermissionDenied},
		{name: "a key itself", bad: plain},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.as == nil {
				tt.as = k.ctx
			}
			ids, err := k.migrate(tt.as, good, tt.bad)
			expectCode(t, err, tt.want)
			if k.known("good") != (tt.want == codes.OK) || (len(ids) == 2) != (tt.want == codes.OK) {
				t.Errorf("some of the keys are there: %v", ids)
			}
		})
	}
}

func TestMigratedKeysAreWhatWasGiven(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	good := migrated(k.api, "good")
	good.ExternalId, good.Meta, good.Enabled = proto.String("u1"), `{"a": 1.0}`, proto.Bool(false)
	plain := &identityv1.MigratedKey{ApiId: k.api, Plaintext: proto.String("sk_0123456789abcdef"), Prefix: proto.String("sk")}
	ids, err := k.migrate(k.ctx, good, plain)
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.migrate(k.ctx, migrated(k.api, "good"))
	expectCode(t, err, codes.AlreadyExists)
	who, err := k.keys.Whoami(k.ctx, &identityv1.WhoamiRequest{Key: "good"})
	if err != nil || who.GetMeta() != `{"a": 1.0}` || who.GetIdentity().GetExternalId() != "u1" || who.GetEnabled() {
		t.Errorf("by hash: %v, %v", who, err)
	}
	shown, err := k.keys.GetKey(k.ctx, &identityv1.GetKeyRequest{KeyId: ids[1], Decrypt: true})
	if err != nil || shown.GetKey().GetStart() != "sk_0123" || shown.GetKey().GetPlaintext() != plain.GetPlaintext() {
		t.Errorf("in plaintext: %v, %v", shown, err)
	}
}

func TestMigrateKeysInV2(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	if _, err := k.migrate(k.ctx, migrated(k.api, "there")); err != nil {
		t.Fatal(err)
	}
	r := &identityv2.MigrateKeysRequest{MigrationId: "acme", ApiId: k.api, Keys: []*identityv2.MigrateKey{
		{Hash: hashOf("there")}, {Hash: hexOf("hex"), Permissions: []string{"p"}, Roles: []string{"r"}}, {Hash: hashOf("hex")},
	}}
	for i := range 600 {
		r.Keys = append(r.Keys, &identityv2.MigrateKey{Hash: hashOf(fmt.Sprint(i)), Credits: &identityv2.KeyCredits{Remaining: proto.Int64(0)}})
	}
	got, err := k.keysV2.MigrateKeys(k.ctx, r)
	if err != nil || len(got.GetMigrated()) != 601 || len(got.GetFailed()) != 1 || got.GetFailed()[0] != hashOf("there") {
		t.Fatalf("%d migrated, failed %v, %v", len(got.GetMigrated()), got.GetFailed(), err)
	}
	who, err := k.keysV2.Whoami(k.ctx, &identityv2.WhoamiRequest{Key: "hex"})
	if err != nil || who.GetKey().GetKeyId() != got.GetMigrated()[0].GetKeyId() || len(who.GetKey().GetRoles()) != 1 {
		t.Errorf("whoami %v, %v", who, err)
	}
	again, err := k.keysV2.MigrateKeys(k.ctx, r)
	if err != nil || len(again.GetMigrated()) != 0 || len(again.GetFailed()) != 602 {
		t.Errorf("again: %d migrated, %d failed, %v", len(again.GetMigrated()), len(again.GetFailed()), err)
	}
	r.Keys = []*identityv2.MigrateKey{{Hash: hashOf("new")}, {Hash: "nonsense"}}
	_, err = k.keysV2.MigrateKeys(k.ctx, r)
	expectCode(t, err, codes.InvalidArgument)
	r.Keys = []*identityv2.MigrateKey{{Hash: hashOf("new")}, {Hash: hashOf("odd"), Meta: `"text"`}}
	_, err = k.keysV2.MigrateKeys(k.ctx, r)
	expectCode(t, err, codes.InvalidArgument)
	if k.known("new") {
		t.Error("a refused request has added a key")
	}
}
