package identity_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// uses verifies a key once in each version, and returns the two codes.
func (k *keyring) uses(key string) (v1, v2 string) {
	k.t.Helper()
	return k.verifyV1(&identityv1.VerifyKeyRequest{Key: key}).GetCode(), k.verifyV2(&identityv2.VerifyKeyRequest{Key: key}).GetCode()
}

func (k *keyring) verifyV1(r *identityv1.VerifyKeyRequest) *identityv1.VerifyKeyResponse {
	k.t.Helper()
	answer, err := k.keys.VerifyKey(k.t.Context(), r)
	if err != nil {
		k.t.Fatal(err)
	}
	if answer.GetValid() != (answer.GetCode() == "VALID") || answer.GetRequestId() == "" {
		k.t.Errorf("answer contradicts itself: %v", answer)
	}
	return answer
}

func (k *keyring) verifyV2(r *identityv2.VerifyKeyRequest) *identityv2.VerifyKeyResponse {
	k.t.Helper()
	answer, err := k.keysV2.VerifyKey(k.ctx, r)
	if err != nil {
		k.t.Fatal(err)
	}
	if answer.GetValid() != (answer.GetCode() == "VALID") {
		k.t.Errorf("answer contradicts itself: %v", answer)
	}
	return answer
}

// expect checks the codes of both versions.
func (k *keyring) expect(key, want string) {
	k.t.Helper()
	if v1, v2 := k.uses(key); v1 != want || v2 != want {
		k.t.Errorf("got %s in v1 and %s in v2, want %s", v1, v2, want)
	}
}

// TestVerdictOrder has keys with more and more that is wrong: the first in order decides.
func TestVerdictOrder(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	other := k.makeAPI("other")
	past := proto.Int64(time.Now().Add(-time.Minute).UnixMilli())
	limit := &identityv1.KeyRatelimit{Limit: proto.Int64(1), Duration: proto.Int64(3_600_000)}
	drain := func(key string) { // its only credit and its only use in the window
		k.verifyV1(&identityv1.VerifyKeyRequest{Key: key, ApiId: &k.api})
		k.verifyV2(&identityv2.VerifyKeyRequest{Key: key})
	}
	for _, tt := range []struct {
		name    string
		api     string
		key     *identityv1.CreateKeyRequest
		asks    string // a permission
		v1, v2  string
		drained bool
	}{
		{"good", k.api, &identityv1.CreateKeyRequest{}, "", "VALID", "VALID", false},
		{"no credits", k.api, &identityv1.CreateKeyRequest{Remaining: proto.Int64(1)}, "", "USAGE_EXCEEDED", "USAGE_EXCEEDED", true},
		{"nor within its limit", k.api, &identityv1.CreateKeyRequest{Remaining: proto.Int64(1), Ratelimit: limit}, "", "RATE_LIMITED", "RATE_LIMITED", true},
		{"nor permitted", k.api, &identityv1.CreateKeyRequest{Remaining: proto.Int64(1), Ratelimit: limit}, "absent", "INSUFFICIENT_PERMISSIONS", "INSUFFICIENT_PERMISSIONS", true},
		{"and ended", k.api, &identityv1.CreateKeyRequest{Expires: past}, "absent", "EXPIRED", "EXPIRED", false},
		{"and of another API", other, &identityv1.CreateKeyRequest{Expires: past}, "absent", "FORBIDDEN", "EXPIRED", false},
		{"and switched off", other, &identityv1.CreateKeyRequest{Expires: past, Enabled: proto.Bool(false)}, "absent", "DISABLED", "DISABLED", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key := k.make(tt.key).GetKey()
			if tt.drained {
				drain(key)
			}
			r1, r2 := &identityv1.VerifyKeyRequest{Key: key, ApiId: &tt.api}, &identityv2.VerifyKeyRequest{Key: key}
			if tt.asks != "" {
				r1.Authorization = &identityv1.VerifyAuthorization{Permissions: `"` + tt.asks + `"`}
				r2.Permissions = &tt.asks
			}
			if v1, v2 := k.verifyV1(r1).GetCode(), k.verifyV2(r2).GetCode(); v1 != tt.v1 || v2 != tt.v2 {
				t.Errorf("got %s in v1 and %s in v2, want %s and %s", v1, v2, tt.v1, tt.v2)
			}
		})
	}
}

func TestUnknownKeysTellNothing(t *testing.T) {
	w := newWorld(t, nil)
	a, b := w.keyring("ws_a"), w.keyring("ws_b")
	key := a.make(&identityv1.CreateKeyRequest{Meta: `{"plan":"pro"}`}).GetKey()
	for name, tt := range map[string]struct {
		ring *keyring
		key  string
		with []string
		want string
	}{
		"made up":                          {a, "no_such_key", []string{"api.*.verify_key"}, "NOT_FOUND"},
		"another tenant's":                 {b, key, []string{"api.*.verify_key"}, "NOT_FOUND"},
		"without the permission":           {a, key, []string{"api.*.read_key"}, "NOT_FOUND"},
		"with the permission for another":  {a, key, []string{"api.api_x.verify_key"}, "NOT_FOUND"},
		"with the permission for its API":  {a, key, []string{"api." + a.api + ".verify_key"}, "VALID"},
		"with the permission for all APIs": {a, key, []string{"api.*.verify_key"}, "VALID"},
		"with every permission":            {a, key, []string{"*"}, "VALID"},
	} {
		got, err := tt.ring.keysV2.VerifyKey(tt.ring.holding(tt.with...), &identityv2.VerifyKeyRequest{Key: tt.key})
		if err != nil || got.GetCode() != tt.want {
			t.Errorf("%s: got %v, %v, want %s", name, got, err, tt.want)
		}
		if tt.want == "NOT_FOUND" && !proto.Equal(got, &identityv2.VerifyKeyResponse{Code: "NOT_FOUND"}) {
			t.Errorf("%s: the answer tells of the key: %v", name, got)
		}
	}
	if got := a.verifyV1(&identityv1.VerifyKeyRequest{Key: "no_such_key"}); !proto.Equal(got, &identityv1.VerifyKeyResponse{Code: "NOT_FOUND", RequestId: got.GetRequestId()}) {
		t.Errorf("v1: %v", got)
	}
	// A root key is no API key.
	if got := a.verifyV1(&identityv1.VerifyKeyRequest{Key: a.rootKey("ws_a").GetSecret()}); got.GetCode() != "NOT_FOUND" {
		t.Errorf("a root key verifies: %v", got)
	}
}

// What is remembered of a key ends with its tenant.
func TestDeletedTenantsKeysAreUnknown(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	key := k.make(&identityv1.CreateKeyRequest{}).GetKey()
	k.expect(key, "VALID")
	if _, err := k.tenants.DeleteTenant(t.Context(), &identityv1.DeleteTenantRequest{Id: "ws_a"}); err != nil {
		t.Fatal(err)
	}
	if got := k.verifyV1(&identityv1.VerifyKeyRequest{Key: key}); got.GetCode() != "NOT_FOUND" {
		t.Errorf("got %v", got)
	}
}

// A key that was asked for before it was made works as soon as it is there.
func TestKeysWorkAtOnce(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	for range 3 {
		k.expect(k.make(&identityv1.CreateKeyRequest{}).GetKey(), "VALID")
	}
}

func TestKeysEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newWorld(t, nil).keyring("ws_a")
		end := time.Now().Add(2 * time.Second)
		key := k.make(&identityv1.CreateKeyRequest{Expires: proto.Int64(end.UnixMilli())}).GetKey()
		k.expect(key, "VALID")
		time.Sleep(2*time.Second - time.Millisecond)
		k.expect(key, "VALID")
		time.Sleep(time.Millisecond)
		k.expect(key, "EXPIRED") // remembered or not
	})
}

// What a tenant can have remembered is bounded in bytes: its keys may share one large
// identity, which each of them remembers.
func TestLargeKeysAreForgottenFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newWorld(t, nil).keyring("ws_a")
		keys := make([]string, 160)
		for i := range keys {
			keys[i] = k.make(&identityv1.CreateKeyRequest{ExternalId: proto.String("large")}).GetKey()
		}
		_, err := identityv2.NewIdentityServiceClient(k.public).UpdateIdentity(k.ctx, &identityv2.UpdateIdentityRequest{
			Identity: "large", Meta: `{"text":"` + strings.Repeat("x", 1_000_000) + `"}`,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			k.verifyV1(&identityv1.VerifyKeyRequest{Key: key})
		}
		k.store.reads.Store(0)
		known := 0
		for _, key := range keys {
			if _, err := k.keys.VerifyKey(t.Context(), &identityv1.VerifyKeyRequest{Key: key}); err == nil {
				known++
			}
		}
		if known == 0 || known > 128 {
			t.Errorf("%d keys of 1 MB each are remembered", known)
		}
	})
}
