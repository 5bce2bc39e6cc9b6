package identity_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
)

// TestChangesAreSeenAtOnce changes what a key depends on, and verifies it by the process
// that did and remembers the key.
func TestChangesAreSeenAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	k := w.keyring("a")
	c := rbac{k.ctx, identityv1.NewPermissionServiceClient(w.public), identityv2.NewPermissionServiceClient(w.public)}
	role, err := c.v2.CreateRole(c, &identityv2.CreateRoleRequest{Name: "editor"})
	if err != nil {
		t.Fatal(err)
	}
	key, err := k.keysV2.CreateKey(k.ctx, &identityv2.CreateKeyRequest{
		ApiId: k.api, Roles: []string{"editor"}, Permissions: []string{"own"}, ExternalId: proto.String("user_1"),
	})
	if err != nil {
		t.Fatal(err)
	}
	code := func(query string) string {
		return k.verifyV2(&identityv2.VerifyKeyRequest{Key: key.GetKey(), Permissions: &query}).GetCode()
	}
	expect := func(when, query, want string) {
		t.Helper()
		if got := code(query); got != want {
			t.Errorf("%s: %q is %s, want %s", when, query, got, want)
		}
	}
	expect("made", "write", "INSUFFICIENT_PERMISSIONS")
	if _, err := c.v2.SetRolePermissions(c, &identityv2.SetRolePermissionsRequest{RoleId: role.GetRoleId(), Permissions: []string{"write"}}); err != nil {
		t.Fatal(err)
	}
	expect("the role may write", "write AND own", "VALID")
	// The key and the role go on naming what is deleted, and work.
	for _, slug := range []string{"write", "own"} {
		if _, err := c.v2.DeletePermission(c, &identityv2.DeletePermissionRequest{Permission: slug}); err != nil {
			t.Fatal(err)
		}
		expect(slug+" is deleted", slug, "INSUFFICIENT_PERMISSIONS")
	}
	if _, err := c.v2.DeleteRole(c, &identityv2.DeleteRoleRequest{Role: "editor"}); err != nil {
		t.Fatal(err)
	}
	k.expect(key.GetKey(), "VALID")
	limit := []*identityv2.RatelimitRequest{{Name: "calls", Limit: 1, Duration: 3_600_000, AutoApply: true}}
	identities := identityv2.NewIdentityServiceClient(w.public)
	if _, err := identities.UpdateIdentity(k.ctx, &identityv2.UpdateIdentityRequest{Identity: "user_1", Ratelimits: limit}); err != nil {
		t.Fatal(err)
	}
	k.expect(key.GetKey(), "VALID") // one in each version's window
	k.expect(key.GetKey(), "RATE_LIMITED")
	if _, err := identities.DeleteIdentity(k.ctx, &identityv2.DeleteIdentityRequest{Identity: "user_1"}); err != nil {
		t.Fatal(err)
	}
	k.expect(key.GetKey(), "VALID")
}

// Each needs a permission of its own, however little else is asked for.
func TestRolesNeedTheirOwnPermissions(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("a")
	all := w.rbac("a")
	if _, err := all.v2.CreateRole(all, &identityv2.CreateRoleRequest{Name: "editor", Permissions: []string{"there"}}); err != nil {
		t.Fatal(err)
	}
	maker, adder := w.rbac("a", "rbac.*.create_role"), w.rbac("a", "rbac.*.add_permission_to_role")
	if _, err := maker.v2.CreateRole(maker, &identityv2.CreateRoleRequest{Name: "other", Permissions: []string{"there"}}); fault.From(err) == nil || fault.From(err).Code != codes.PermissionDenied {
		t.Errorf("giving a new role a permission: %v", err)
	}
	if _, err := adder.v2.SetRolePermissions(adder, &identityv2.SetRolePermissionsRequest{RoleId: "editor", Permissions: []string{"there"}}); fault.From(err) == nil || fault.From(err).Code != codes.PermissionDenied {
		t.Errorf("setting without the right to take away: %v", err)
	}
}

// Counters are a tenant's, so that where memory is full it loses its own.
func TestVerifyingCountsForTheTenant(t *testing.T) {
	w, limits := newWorld(t, nil), newRecorder()
	k := w.keyring("a")
	key, err := k.keysV2.CreateKey(k.ctx, &identityv2.CreateKeyRequest{
		ApiId: k.api, Ratelimits: []*identityv2.RatelimitRequest{{Name: "calls", Limit: 1, Duration: 60_000, AutoApply: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	k.keysV2 = identityv2.NewKeyServiceClient(w.process(limits))
	k.verifyV2(&identityv2.VerifyKeyRequest{Key: key.GetKey()})
	if len(limits.asked) != 1 || limits.asked[0].Owner != "a" {
		t.Errorf("asked %+v", limits.asked)
	}
}
