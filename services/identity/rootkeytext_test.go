package identity_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// TestSameText has a tenant's API key read as another tenant's root key does, as those of
// applications that were at Apideck may: each opens what it is for.
func TestSameText(t *testing.T) {
	const text = "sk_live_0123456789abcdef"
	w := newWorld(t, nil)
	k := w.keyring("a")
	if _, err := k.migrate(k.ctx, &identityv1.MigratedKey{ApiId: k.api, Plaintext: proto.String(text), Prefix: proto.String("sk")}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.verify(text); err == nil {
		t.Error("an API key opens services")
	}
	w.tenant("other")
	r, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: "other", Permissions: []string{"vault.apps.shop"}, Secret: text})
	expectCode(t, err, codes.OK)
	if v := w.expectValid(text); v.GetTenant() != "other" || len(v.GetPermissions()) != 1 || v.GetSubject() != r.GetKey().GetId() {
		t.Errorf("verified %v", v)
	}
	if who, err := k.keys.Whoami(k.ctx, &identityv1.WhoamiRequest{Key: text}); err != nil || who.GetId() == r.GetKey().GetId() {
		t.Errorf("the API key is %v, %v", who, err)
	}
	if got := r.GetKey().GetStart(); got != text[:7] {
		t.Errorf("lists show %q", got)
	}
}
