package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// longSlugs are n permissions'.
func longSlugs(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("document.%d.%s", i, strings.Repeat("x", 100))
	}
	return all
}

// makeRoles makes roles that all allow the same, and returns their names.
func (k *keyring) makeRoles(n int, allow []string) []string {
	k.t.Helper()
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint("role ", i)
		_, err := identityv2.NewPermissionServiceClient(k.public).CreateRole(k.ctx, &identityv2.CreateRoleRequest{Name: names[i], Permissions: allow})
		if err != nil {
			k.t.Fatal(err)
		}
	}
	return names
}

// Roles that allow the same are told of without end otherwise: 30 with 1,000 permissions
// each are 5 MB here, and a key's may be far more.
func TestAnswersAboutManyRolesAreBounded(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	names := k.makeRoles(30, longSlugs(1000))
	const most = 3 << 20
	t.Run("lists go on", func(t *testing.T) {
		service, seen := identityv2.NewPermissionServiceClient(k.public), 0
		for r, more := (&identityv2.ListRolesRequest{}), true; more; {
			page, err := service.ListRoles(k.ctx, r)
			if err != nil || proto.Size(page) > most || len(page.GetRoles()) == 0 {
				t.Fatalf("%d bytes, %d roles, %v", proto.Size(page), len(page.GetRoles()), err)
			}
			for _, role := range page.GetRoles() {
				seen += len(role.GetPermissions())
			}
			r.Cursor, more = page.GetPagination().Cursor, page.GetPagination().GetHasMore()
		}
		if seen != 30_000 {
			t.Errorf("%d permissions are listed", seen)
		}
	})
	t.Run("a key's leave out what they allow", func(t *testing.T) {
		key := k.make(&identityv1.CreateKeyRequest{})
		got, err := k.keysV2.SetRoles(k.ctx, &identityv2.SetRolesRequest{KeyId: key.GetKeyId(), Roles: names})
		if err != nil || len(got.GetRoles()) != 30 || proto.Size(got) > most || len(got.GetRoles()[0].GetPermissions()) != 1000 {
			t.Errorf("%d bytes, %d roles, %v", proto.Size(got), len(got.GetRoles()), err)
		}
		if n := len(k.verifyV2(&identityv2.VerifyKeyRequest{Key: key.GetKey()}).GetPermissions()); n != 1000 {
			t.Errorf("the key has %d permissions", n)
		}
	})
}

func TestKeysHaveSoManyRoles(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	names := k.makeRoles(1001, nil)
	key := k.make(&identityv1.CreateKeyRequest{Roles: names[:1000]})
	_, err := k.keysV2.AddRoles(k.ctx, &identityv2.AddRolesRequest{KeyId: key.GetKeyId(), Roles: names[1000:]})
	expectCode(t, err, codes.InvalidArgument)
	k.expect(key.GetKey(), "VALID")
}
