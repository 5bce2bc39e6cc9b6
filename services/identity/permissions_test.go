package identity_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
)

// rbac are the two versions' clients of one tenant.
type rbac struct {
	context.Context
	v1 identityv1.PermissionServiceClient
	v2 identityv2.PermissionServiceClient
}

func (w *world) rbac(tenant string, permissions ...string) rbac {
	w.t.Helper()
	if len(permissions) == 0 {
		permissions = []string{"*"}
	}
	key, err := w.access.CreateRootKey(w.t.Context(), &identityv1.CreateRootKeyRequest{Tenant: tenant, Permissions: permissions})
	if err != nil {
		w.t.Fatal(err)
	}
	return rbac{w.as(key.GetSecret()), identityv1.NewPermissionServiceClient(w.public), identityv2.NewPermissionServiceClient(w.public)}
}

func TestPermissionsOfBothVersionsAreTheSame(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("a")
	c := w.rbac("a")
	one, err := c.v1.CreatePermission(c, &identityv1.CreatePermissionRequest{Name: "records.write"})
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.v2.CreatePermission(c, &identityv2.CreatePermissionRequest{Name: "Read records", Slug: "records.read", Description: proto.String("for reports")})
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.v1.ListPermissions(c, &identityv1.ListPermissionsRequest{})
	want := &identityv1.ListPermissionsResponse{Permissions: []*identityv1.GetPermissionResponse{
		{Id: one.GetPermissionId(), Name: "records.write", Slug: "records.write"},
		{Id: two.GetPermissionId(), Name: "Read records", Slug: "records.read", Description: proto.String("for reports")},
	}}
	sorted := protocmp.SortRepeated(func(a, b *identityv1.GetPermissionResponse) bool { return a.GetId() < b.GetId() })
	if diff := cmp.Diff(want, all, protocmp.Transform(), sorted); err != nil || diff != "" {
		t.Errorf("v1's list: %v\n%s", err, diff)
	}
	for _, name := range []string{two.GetPermissionId(), "records.read"} {
		got, err := c.v2.GetPermission(c, &identityv2.GetPermissionRequest{Permission: name})
		if err != nil || got.GetPermission().GetName() != "Read records" {
			t.Errorf("by %q: %v, %v", name, got, err)
		}
	}
	_, err = c.v1.CreatePermission(c, &identityv1.CreatePermissionRequest{Name: "other", Slug: proto.String("records.read")})
	if fault.From(err).Code != codes.AlreadyExists {
		t.Errorf("a slug in use: %v", err)
	}
	if _, err := c.v1.DeletePermission(c, &identityv1.DeletePermissionRequest{PermissionId: one.GetPermissionId()}); err != nil {
		t.Error(err)
	}
	if _, err := c.v2.DeletePermission(c, &identityv2.DeletePermissionRequest{Permission: "records.write"}); fault.From(err).Code != codes.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestRolesHoldWhatIsLeftOfTheirPermissions(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("a")
	c := w.rbac("a")
	made, err := c.v2.CreateRole(c, &identityv2.CreateRoleRequest{Name: "editor", Permissions: []string{"read", "write", "read"}})
	if err != nil {
		t.Fatal(err)
	}
	held := func() (slugs []string) {
		got, err := c.v2.GetRole(c, &identityv2.GetRoleRequest{Role: "editor"})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range got.GetRole().GetPermissions() {
			slugs = append(slugs, p.GetSlug())
		}
		return slugs
	}
	if diff := cmp.Diff([]string{"read", "write"}, held()); diff != "" {
		t.Errorf("when made:\n%s", diff)
	}
	if _, err := c.v2.DeletePermission(c, &identityv2.DeletePermissionRequest{Permission: "read"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"write"}, held()); diff != "" {
		t.Errorf("after one is deleted:\n%s", diff)
	}
	if _, err := c.v2.CreatePermission(c, &identityv2.CreatePermissionRequest{Name: "read", Slug: "read"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"write"}, held()); diff != "" {
		t.Errorf("one of the same slug is another permission:\n%s", diff)
	}
	set, err := c.v2.SetRolePermissions(c, &identityv2.SetRolePermissionsRequest{RoleId: made.GetRoleId(), Permissions: []string{"delete"}})
	if err != nil || len(set.GetPermissions()) != 1 {
		t.Fatal(set, err)
	}
	if diff := cmp.Diff([]string{"delete"}, held()); diff != "" {
		t.Errorf("after setting:\n%s", diff)
	}
}

func TestPermissionsAreMadeOnTheWayOnlyByWhoMay(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("a")
	role := &identityv2.CreateRoleRequest{Name: "editor", Permissions: []string{"read"}}
	for _, tt := range []struct {
		name string
		hold []string
		code codes.Code
	}{
		{"may create roles only", []string{"rbac.*.create_role"}, codes.PermissionDenied},
		{"may not create permissions", []string{"rbac.*.create_role", "rbac.*.add_permission_to_role"}, codes.PermissionDenied},
		{"may do all of it", []string{"rbac.*.create_role", "rbac.*.add_permission_to_role", "rbac.*.create_permission"}, codes.OK},
	} {
		c := w.rbac("a", tt.hold...)
		if _, err := c.v2.CreateRole(c, role); (err != nil || tt.code != codes.OK) && fault.From(err).Code != tt.code {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	c := w.rbac("a")
	if all, err := c.v1.ListPermissions(c, &identityv1.ListPermissionsRequest{}); err != nil || len(all.GetPermissions()) != 1 {
		t.Errorf("refused calls left %v, %v", all, err)
	}
}

func TestOnePermissionOfASlugUnderConcurrency(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("a")
	c := w.rbac("a")
	var callers sync.WaitGroup
	var failed atomic.Int32
	for i := range 50 {
		callers.Go(func() {
			if _, err := c.v2.CreateRole(c, &identityv2.CreateRoleRequest{Name: fmt.Sprint("role ", i), Permissions: []string{"same"}}); err != nil {
				failed.Add(1)
			}
		})
	}
	callers.Wait()
	all, err := c.v1.ListPermissions(c, &identityv1.ListPermissionsRequest{})
	if err != nil || len(all.GetPermissions()) != 1 || failed.Load() != 0 {
		t.Errorf("%d failed; permissions %v, %v", failed.Load(), all.GetPermissions(), err)
	}
}

func TestRBACOfTenantsIsApart(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("a")
	w.tenant("b")
	a, b := w.rbac("a"), w.rbac("b")
	made, err := a.v2.CreateRole(a, &identityv2.CreateRoleRequest{Name: "editor", Permissions: []string{"read"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"role by id": func() error {
			_, err := b.v2.GetRole(b, &identityv2.GetRoleRequest{Role: made.GetRoleId()})
			return err
		},
		"role by name": func() error { _, err := b.v2.GetRole(b, &identityv2.GetRoleRequest{Role: "editor"}); return err },
		"permission": func() error {
			_, err := b.v2.GetPermission(b, &identityv2.GetPermissionRequest{Permission: "read"})
			return err
		},
		"deletion": func() error {
			_, err := b.v2.DeleteRole(b, &identityv2.DeleteRoleRequest{Role: made.GetRoleId()})
			return err
		},
	} {
		if err := call(); fault.From(err).Code != codes.NotFound {
			t.Errorf("%s of another tenant: %v", name, err)
		}
	}
}

func TestListsSearchAndPage(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("a")
	c := w.rbac("a")
	for i := range 25 {
		slug := fmt.Sprintf("thing.%c", 'a'+i%5)
		if _, err := c.v2.CreatePermission(c, &identityv2.CreatePermissionRequest{Name: fmt.Sprint("P", i), Slug: fmt.Sprint(slug, i)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		search string
		want   int
	}{{"", 25}, {"THING.A", 5}, {"p24", 1}, {"nothing", 0}} {
		r := &identityv2.ListPermissionsRequest{Limit: proto.Int32(2), Search: proto.String(tt.search)}
		seen := map[string]bool{}
		for {
			page, err := c.v2.ListPermissions(c, r)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.GetPermissions() {
				seen[p.GetId()] = true
			}
			if page.GetPagination().GetHasMore() != (page.GetPagination().Cursor != nil) {
				t.Errorf("pagination contradicts itself: %v", page.GetPagination())
			}
			if r.Cursor = page.GetPagination().Cursor; r.Cursor == nil {
				break
			}
		}
		if len(seen) != tt.want {
			t.Errorf("%q: saw %d, want %d", tt.search, len(seen), tt.want)
		}
	}
}

// A search reads so many rows and ends its page there, however little it found.
func TestSearchesEndTheirPages(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("a")
	c := w.rbac("a")
	made, err := c.v2.CreateRole(c, &identityv2.CreateRoleRequest{Name: "all"})
	if err != nil {
		t.Fatal(err)
	}
	const calls, each = 21, 1000
	for i := range calls {
		slugs := make([]string, each)
		for j := range slugs {
			slugs[j] = fmt.Sprintf("p.%d.%d", i, j)
		}
		if _, err := c.v2.SetRolePermissions(c, &identityv2.SetRolePermissionsRequest{RoleId: made.GetRoleId(), Permissions: slugs}); err != nil {
			t.Fatal(err)
		}
	}
	r := &identityv2.ListPermissionsRequest{Search: proto.String(fmt.Sprintf("p.%d.%d", calls-1, each-1))}
	first, err := c.v2.ListPermissions(c, r)
	if err != nil || len(first.GetPermissions()) != 0 || !first.GetPagination().GetHasMore() {
		t.Fatalf("the first 20,000 rows: %v, %v", first, err)
	}
	r.Cursor = first.GetPagination().Cursor
	rest, err := c.v2.ListPermissions(c, r)
	if err != nil || len(rest.GetPermissions()) != 1 || rest.GetPagination().GetHasMore() {
		t.Errorf("the rest: %v, %v", rest, err)
	}
}
