package useradmin_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/table"
)

func (w *world) getRole(id int64) *useradminv1.Role {
	w.t.Helper()
	r, err := w.roles.GetRole(w.all(), &useradminv1.GetRoleRequest{RoleId: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetRole()
}

func TestRolesComeAndGo(t *testing.T) {
	w := newIdleWorld(t, nil)
	made, err := w.roles.CreateRole(w.all(), &useradminv1.CreateRoleRequest{
		Name: "Web r/w", AccessAllResources: true,
		Permissions: []*useradminv1.RoleGrant{{ApiName: "/v1/users", Actions: []string{"READ", "UPDATE", "READ"}, Resources: []int64{7, 7, 8}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if id := made.GetRoleId(); id < 1000 || id >= 1<<24 {
		t.Errorf("the id is %d", id)
	}
	want := &useradminv1.Role{
		RoleId: made.GetRoleId(), TenantId: "HP", CustomerId: acme, Name: "Web r/w", AccessAllResources: true, Type: "custom",
		Permissions: []*useradminv1.RolePermission{{
			ApiName: "/v1/users", Actions: []string{"READ", "UPDATE"},
			Resources: []*useradminv1.RoleResource{{TagId: 7, TagName: "7"}, {TagId: 8, TagName: "8"}},
		}},
	}
	if diff := cmp.Diff(want, w.getRole(made.GetRoleId()), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	_, err = w.roles.UpdateRole(w.all(), &useradminv1.UpdateRoleRequest{RoleId: made.GetRoleId(), Name: "Web"})
	expect(t, err, codes.OK)
	want = &useradminv1.Role{RoleId: made.GetRoleId(), TenantId: "HP", CustomerId: acme, Name: "Web", Type: "custom"}
	if diff := cmp.Diff(want, w.getRole(made.GetRoleId()), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	_, err = w.roles.DeleteRole(w.all(), &useradminv1.DeleteRoleRequest{RoleId: made.GetRoleId()})
	expect(t, err, codes.OK)
	_, err = w.roles.GetRole(w.all(), &useradminv1.GetRoleRequest{RoleId: made.GetRoleId()})
	expect(t, err, codes.NotFound)
	var actions []string
	for _, c := range rows[*storev1.Change](w, table.Of(acme)) {
		actions = append(actions, c.GetKind()+" "+c.GetAction()+" "+c.GetObject())
	}
	id := strconv.FormatInt(made.GetRoleId(), 10)
	if got, want := strings.Join(actions, ", "), "role CREATED "+id+", role UPDATED "+id+", role DELETED "+id; got != want {
		t.Errorf("changes %q, want %q", got, want)
	}
	if n := len(rows[*storev1.AuditRecord](w, table.Of(acme))); n != 3 {
		t.Errorf("%d audit records", n)
	}
}

func TestRolesThatAreRefused(t *testing.T) {
	w := newIdleWorld(t, nil)
	for _, c := range []struct {
		name string
		give *useradminv1.CreateRoleRequest
		want string // in the message
	}{
		{"another product's API", &useradminv1.CreateRoleRequest{Name: "x", Permissions: []*useradminv1.RoleGrant{grant("/v1/compute/instances", "READ")}}, "/v1/users/audits"},
		{"an API with a slash at its end", &useradminv1.CreateRoleRequest{Name: "x", Permissions: []*useradminv1.RoleGrant{grant("/v1/users/", "READ")}}, "there is no API"},
		{"an action the API does not know", &useradminv1.CreateRoleRequest{Name: "x", Permissions: []*useradminv1.RoleGrant{grant("/v1/users", "READ"), grant("/v1/users/client", "DELETE")}}, "permissions[1]: /v1/users/client does not know DELETE, but READ, UPDATE"},
		{"an action in small letters", &useradminv1.CreateRoleRequest{Name: "x", Permissions: []*useradminv1.RoleGrant{grant("/v1/users", "read")}}, "actions"},
		{"no action", &useradminv1.CreateRoleRequest{Name: "x", Permissions: []*useradminv1.RoleGrant{grant("/v1/users")}}, "actions"},
		{"no name", &useradminv1.CreateRoleRequest{}, "name"},
		{"a blank name", &useradminv1.CreateRoleRequest{Name: " "}, "name"},
		{"a name of two lines", &useradminv1.CreateRoleRequest{Name: "a\nb"}, "name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.roles.CreateRole(w.all(), c.give)
			expect(t, err, codes.InvalidArgument)
			if f := fault.From(err); f != nil && !strings.Contains(f.Message, c.want) {
				t.Errorf("%q lacks %q", f.Message, c.want)
			}
			_, err = w.roles.UpdateRole(w.all(), &useradminv1.UpdateRoleRequest{RoleId: 1000, Name: c.give.GetName(), Permissions: c.give.GetPermissions()})
			expect(t, err, codes.InvalidArgument)
		})
	}
}

func TestRolesInUseStay(t *testing.T) {
	w := newIdleWorld(t, nil)
	role := w.role("readers", grant("/v1/users", "READ"))
	w.user("ann", 3, role)
	_, err := w.roles.DeleteRole(w.all(), &useradminv1.DeleteRoleRequest{RoleId: role})
	expect(t, err, codes.AlreadyExists)
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", Roles: []int64{3}}), codes.OK)
	_, err = w.roles.DeleteRole(w.all(), &useradminv1.DeleteRoleRequest{RoleId: role})
	expect(t, err, codes.OK)
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", Roles: []int64{role}}), codes.InvalidArgument)
}

func TestRolesAreNotFound(t *testing.T) {
	w := newIdleWorld(t, nil)
	role := w.role("readers", grant("/v1/users", "READ"))
	foreign := w.rootKey(rival, everything...)
	for _, id := range []int64{role, 0, -1, 999, 1 << 24, 1<<63 - 1} {
		_, err := w.roles.GetRole(foreign, &useradminv1.GetRoleRequest{RoleId: id})
		expect(t, err, codes.NotFound)
		_, err = w.roles.UpdateRole(foreign, &useradminv1.UpdateRoleRequest{RoleId: id, Name: "x"})
		expect(t, err, codes.NotFound)
		_, err = w.roles.DeleteRole(foreign, &useradminv1.DeleteRoleRequest{RoleId: id})
		expect(t, err, codes.NotFound)
	}
	if got := w.getRole(role); got.GetName() != "readers" {
		t.Errorf("got %v", got)
	}
}

func TestListRoles(t *testing.T) {
	w := newIdleWorld(t, nil)
	for _, role := range []*storev1.UserRole{ // in an order that is neither that of ids nor of names
		{Id: 5000, Name: "beta", CreatedAtMs: 1, Grants: []*storev1.UserRoleGrant{{ApiName: "/v1/users/audits", Actions: []string{"READ"}}}},
		{Id: 4000, Name: "alpha", CreatedAtMs: 2, Admin: true, AccessAllResources: true},
	} {
		put(w, role)
	}
	for _, c := range []struct {
		name string
		give *useradminv1.ListRolesRequest
		want string
	}{
		{"default ones first, then by age", &useradminv1.ListRolesRequest{}, "1 2 3 4 5000 4000"},
		{"of a kind", &useradminv1.ListRolesRequest{Type: "custom"}, "5000 4000"},
		{"of the other kind", &useradminv1.ListRolesRequest{Type: "default"}, "1 2 3 4"},
		{"by name", &useradminv1.ListRolesRequest{Name: "technician"}, "2"},
		{"by part of a name", &useradminv1.ListRolesRequest{Name: "tech"}, ""},
		{"by API, or everything", &useradminv1.ListRolesRequest{ApiName: "/v1/users/audits"}, "1 5000 4000"},
		{"by an API that does not exist", &useradminv1.ListRolesRequest{ApiName: "/v1/x"}, ""},
		{"by tag", &useradminv1.ListRolesRequest{TagName: "7"}, ""},
		{"by name and kind", &useradminv1.ListRolesRequest{Name: "beta", Type: "default"}, ""},
		{"ordered by id", &useradminv1.ListRolesRequest{OrderBy: []string{"roleId:desc"}}, "5000 4000 4 3 2 1"},
		{"ordered by name", &useradminv1.ListRolesRequest{OrderBy: []string{"name"}}, "4000 5000 1 3 4 2"},
		{"ordered by flags", &useradminv1.ListRolesRequest{OrderBy: []string{"admin:desc", "accessAllResources:desc", "type:desc"}}, "1 4000 2 3 4 5000"},
		{"ordered by kind", &useradminv1.ListRolesRequest{OrderBy: []string{"type:asc"}}, "5000 4000 1 2 3 4"},
		{"ordered by permissions", &useradminv1.ListRolesRequest{OrderBy: []string{"permissions"}}, "1 4000 3 4 2 5000"},
		{"a page", &useradminv1.ListRolesRequest{Page: proto.Int64(2), Size: proto.Int64(4)}, "5000 4000"},
		{"a page past the end", &useradminv1.ListRolesRequest{Page: proto.Int64(9)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := w.roles.ListRoles(w.all(), c.give)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, role := range r.GetRoles() {
				got = append(got, strconv.FormatInt(role.GetRoleId(), 10))
				if diff := cmp.Diff(w.getRole(role.GetRoleId()), role, protocmp.Transform()); diff != "" {
					t.Error(diff)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

// Each entry of the catalogue can be granted, and makes a difference to who has it.
func TestCatalogue(t *testing.T) {
	w := newIdleWorld(t, nil)
	r, err := w.roles.ListApiPermissions(w.all(), &useradminv1.ListApiPermissionsRequest{Size: proto.Int64(100)})
	if err != nil || len(r.GetApiPermissions()) < 7 {
		t.Fatalf("got %v, %v", r, err)
	}
	seen := map[string]bool{}
	for i, api := range r.GetApiPermissions() {
		for j, action := range api.GetActions() {
			role := w.role(api.GetApiName()+action, grant(api.GetApiName(), action))
			got := w.may(w.contabo(acme, w.user("u"+strconv.Itoa(10*i+j), role)))
			if len(got) != 2 || got[0] != "application-credentials.manage" || seen[got[1]] {
				t.Errorf("%s %s is %q", action, api.GetApiName(), got)
			}
			seen[got[1]] = true
		}
	}
	one, err := w.roles.ListApiPermissions(w.all(), &useradminv1.ListApiPermissionsRequest{ApiName: "/v1/users/audits"})
	if err != nil || one.GetPage().GetTotalElements() != 1 || one.GetApiPermissions()[0].GetApiName() != "/v1/users/audits" {
		t.Errorf("got %v, %v", one, err)
	}
	down, err := w.roles.ListApiPermissions(w.all(), &useradminv1.ListApiPermissionsRequest{OrderBy: []string{"apiName:desc"}, Size: proto.Int64(1)})
	if err != nil || down.GetApiPermissions()[0].GetApiName() != "/v1/users/object-storages/credentials" {
		t.Errorf("got %v, %v", down, err)
	}
}

// What names tags grants nothing, as nothing has tags, unless the role reaches everything.
func TestTagsNarrow(t *testing.T) {
	w := newIdleWorld(t, nil)
	tagged := &useradminv1.RoleGrant{ApiName: "/v1/users", Actions: []string{"READ"}, Resources: []int64{1}}
	role := w.role("tagged", tagged)
	w.user("ann", role)
	ann := w.contabo(acme, "ann")
	if got := w.may(ann); len(got) != 1 {
		t.Errorf("a tag grants %q", got)
	}
	_, err := w.roles.UpdateRole(w.all(), &useradminv1.UpdateRoleRequest{RoleId: role, Name: "tagged", AccessAllResources: true, Permissions: []*useradminv1.RoleGrant{tagged}})
	expect(t, err, codes.OK)
	if got := w.may(ann); len(got) != 2 || got[1] != "users.read" {
		t.Errorf("reaching everything grants %q", got)
	}
}
