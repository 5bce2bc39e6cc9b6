package identity_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

func slugs(create bool, all ...string) (wants []*identityv1.PermissionSelector) {
	for _, s := range all {
		wants = append(wants, &identityv1.PermissionSelector{Slug: proto.String(s), Create: create})
	}
	return wants
}

func roles(create bool, all ...string) (wants []*identityv1.RoleSelector) {
	for _, s := range all {
		wants = append(wants, &identityv1.RoleSelector{Name: proto.String(s), Create: create})
	}
	return wants
}

// slugsOf are what a key may do, in the order of the answer.
func slugsOf[P interface{ GetSlug() string }](all []P) string {
	var words []string
	for _, p := range all {
		words = append(words, p.GetSlug())
	}
	return strings.Join(words, " ")
}

// Each step starts where the one before it ended.
func TestPermissionsOfAKeyInV1(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	id := k.make(&identityv1.CreateKeyRequest{}).GetKeyId()
	add := func(as context.Context, wants ...*identityv1.PermissionSelector) (string, error) {
		r, err := k.keys.AddPermissions(as, &identityv1.AddPermissionsRequest{KeyId: id, Permissions: wants})
		return slugsOf(r.GetPermissions()), err
	}
	set := func(as context.Context, wants ...*identityv1.PermissionSelector) (string, error) {
		r, err := k.keys.SetPermissions(as, &identityv1.SetPermissionsRequest{KeyId: id, Permissions: wants})
		return slugsOf(r.GetPermissions()), err
	}
	remove := func(as context.Context, wants ...*identityv1.PermissionSelector) (string, error) {
		_, err := k.keys.RemovePermissions(as, &identityv1.RemovePermissionsRequest{KeyId: id, Permissions: wants})
		return strings.Join(k.get(id).GetPermissions(), " "), err
	}
	adder := k.holding("rbac.*.add_permission_to_key")
	for _, tt := range []struct {
		name  string
		do    func(context.Context, ...*identityv1.PermissionSelector) (string, error)
		as    context.Context
		wants []*identityv1.PermissionSelector
		has   string
		code  codes.Code
	}{
		{name: "unknown, not to be made", do: add, wants: slugs(false, "p1"), code: codes.NotFound},
		{name: "made without permission", do: add, as: adder, wants: slugs(true, "p1"), code: codes.PermissionDenied},
		{name: "made", do: add, wants: slugs(true, "p1", "p2", "p1"), has: "p1 p2"},
		{name: "known", do: add, as: adder, wants: slugs(false, "p2", "p1"), has: "p1 p2"},
		{name: "set by who may add only", do: set, as: adder, wants: slugs(false, "p2"), code: codes.PermissionDenied},
		{name: "set", do: set, wants: slugs(true, "p3", "p2"), has: "p3 p2"},
		{name: "removed, and one that is nowhere", do: remove, wants: slugs(false, "p3", "nowhere"), has: "p2"},
		{name: "removed by who may add only", do: remove, as: adder, wants: slugs(false, "p2"), code: codes.PermissionDenied},
		{name: "named by nothing", do: add, wants: []*identityv1.PermissionSelector{{Create: true}}, code: codes.InvalidArgument},
		{name: "an unknown id is not made", do: add, wants: []*identityv1.PermissionSelector{{Id: proto.String("perm_x"), Slug: proto.String("p9"), Create: true}}, code: codes.NotFound},
	} {
		if tt.as == nil {
			tt.as = k.ctx
		}
		has, err := tt.do(tt.as, tt.wants...)
		expectCode(t, err, tt.code)
		if tt.code == codes.OK && has != tt.has {
			t.Errorf("%s: has %q, want %q", tt.name, has, tt.has)
		}
		if tt.code != codes.OK && err == nil {
			t.Errorf("%s: no refusal", tt.name)
		}
	}
}

func TestRolesOfAKeyInV1(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	id := k.make(&identityv1.CreateKeyRequest{}).GetKeyId()
	added, err := k.keys.AddRoles(k.ctx, &identityv1.AddRolesRequest{KeyId: id, Roles: roles(true, "r1", "r2")})
	if err != nil || len(added.GetRoles()) != 2 {
		t.Fatalf("added %v, %v", added, err)
	}
	byID := []*identityv1.RoleSelector{{Id: proto.String(added.GetRoles()[1].GetId())}}
	set, err := k.keys.SetRoles(k.ctx, &identityv1.SetRolesRequest{KeyId: id, Roles: byID})
	if err != nil || len(set.GetRoles()) != 1 || set.GetRoles()[0].GetName() != "r2" {
		t.Errorf("set %v, %v", set, err)
	}
	if _, err := k.keys.RemoveRoles(k.ctx, &identityv1.RemoveRolesRequest{KeyId: id, Roles: byID}); err != nil {
		t.Error(err)
	}
	if left := k.get(id).GetRoles(); len(left) != 0 {
		t.Errorf("roles %v are left", left)
	}
	_, err = k.keys.AddRoles(k.holding("rbac.*.add_role_to_key"), &identityv1.AddRolesRequest{KeyId: id, Roles: roles(true, "r3")})
	expectCode(t, err, codes.PermissionDenied)
}

func TestGrantsOfAKeyInV2(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	id := k.make(&identityv1.CreateKeyRequest{Roles: []string{"r1"}}).GetKeyId()
	added, err := k.keysV2.AddPermissions(k.ctx, &identityv2.AddPermissionsRequest{KeyId: id, Permissions: []string{"p1", "p2"}})
	if err != nil || slugsOf(added.GetPermissions()) != "p1 p2" {
		t.Fatalf("added %v, %v", added, err)
	}
	removed, err := k.keysV2.RemovePermissions(k.ctx, &identityv2.RemovePermissionsRequest{
		KeyId: id, Permissions: []string{added.GetPermissions()[0].GetId()},
	})
	if err != nil || slugsOf(removed.GetPermissions()) != "p2" {
		t.Errorf("removed by id: %v, %v", removed, err)
	}
	_, err = k.keysV2.RemovePermissions(k.ctx, &identityv2.RemovePermissionsRequest{KeyId: id, Permissions: []string{"nowhere"}})
	expectCode(t, err, codes.NotFound)
	set, err := k.keysV2.SetPermissions(k.ctx, &identityv2.SetPermissionsRequest{KeyId: id})
	if err != nil || len(set.GetPermissions()) != 0 {
		t.Errorf("set to none: %v, %v", set, err)
	}
	_, err = k.keysV2.AddRoles(k.ctx, &identityv2.AddRolesRequest{KeyId: id, Roles: []string{"nowhere"}})
	expectCode(t, err, codes.NotFound)
	got, err := k.keysV2.SetRoles(k.ctx, &identityv2.SetRolesRequest{KeyId: id, Roles: []string{"r1"}})
	if err != nil || len(got.GetRoles()) != 1 || got.GetRoles()[0].GetName() != "r1" {
		t.Errorf("set roles: %v, %v", got, err)
	}
	rest, err := k.keysV2.RemoveRoles(k.ctx, &identityv2.RemoveRolesRequest{KeyId: id, Roles: []string{"r1"}})
	if err != nil || len(rest.GetRoles()) != 0 {
		t.Errorf("removed roles: %v, %v", rest, err)
	}
	_, err = k.keysV2.AddPermissions(k.holding("rbac.*.add_permission_to_key"), &identityv2.AddPermissionsRequest{KeyId: id, Permissions: []string{"p1"}})
	expectCode(t, err, codes.PermissionDenied) // v2 asks for update_key, too
}

// What two callers make at once is made once, and both have it.
func TestWhatIsMadeOnTheFlyIsMadeOnce(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	const callers = 30
	ids := make([]string, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			made, err := k.keys.CreateKey(k.ctx, &identityv1.CreateKeyRequest{
				ApiId: k.api, ExternalId: proto.String("user_1"), Permissions: []string{"p"}, Roles: []string{"r"},
			})
			if err != nil {
				t.Error(err)
			}
			ids[i] = made.GetKeyId()
		})
	}
	all.Wait()
	owners := map[string]bool{}
	for _, id := range ids {
		r, err := k.keys.GetKey(k.ctx, &identityv1.GetKeyRequest{KeyId: id})
		if err != nil {
			t.Fatal(err)
		}
		owners[r.GetKey().GetIdentity().GetId()] = true
		if !slices.Equal(r.GetKey().GetPermissions(), []string{"p"}) || !slices.Equal(r.GetKey().GetRoles(), []string{"r"}) {
			t.Errorf("key has %v", r.GetKey())
		}
	}
	if len(owners) != 1 || owners[""] {
		t.Errorf("owners %v, want one identity", owners)
	}
	seen := map[string]int{}
	for _, e := range k.allEvents() {
		seen[e]++
	}
	for event, want := range map[string]int{
		"identity.create": 1, "permission.create": 1, "role.create": 1, "key.create": callers,
		"authorization.connect_permission_and_key": callers, "authorization.connect_role_and_key": callers,
	} {
		if seen[event] != want {
			t.Errorf("%d records of %s, want %d", seen[event], event, want)
		}
	}
}
