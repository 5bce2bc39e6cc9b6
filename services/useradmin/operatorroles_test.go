package useradmin_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestAddRole(t *testing.T) {
	w := newWorld(t)
	reader := &useradminv1.CreateRoleRequest{Name: "Reader", Permissions: []*useradminv1.RoleGrant{{ApiName: "/v1/users", Actions: []string{"READ"}}}}
	for _, c := range []struct {
		name string
		give *useradminv1.AddRoleRequest
		want codes.Code
		id   int64 // -1 for any
	}{
		{"without an id", &useradminv1.AddRoleRequest{Tenant: acme, Role: reader}, codes.OK, -1},
		{"with an id", &useradminv1.AddRoleRequest{Tenant: acme, RoleId: 2000, Role: reader}, codes.OK, 2000},
		{"with an id in use", &useradminv1.AddRoleRequest{Tenant: acme, RoleId: 2000, Role: reader}, codes.AlreadyExists, 0},
		{"with an id in use elsewhere", &useradminv1.AddRoleRequest{Tenant: rival, RoleId: 2000, Role: reader}, codes.OK, 2000},
		{"with the id of a default role", &useradminv1.AddRoleRequest{Tenant: acme, RoleId: 1, Role: reader}, codes.InvalidArgument, 0},
		{"with the last id", &useradminv1.AddRoleRequest{Tenant: rival, RoleId: 1<<24 - 1, Role: reader}, codes.OK, 1<<24 - 1},
		{"for an API that is not there", &useradminv1.AddRoleRequest{Tenant: acme, Role: &useradminv1.CreateRoleRequest{
			Name: "r", Permissions: []*useradminv1.RoleGrant{{ApiName: "/v1/openstack", Actions: []string{"READ"}}},
		}}, codes.InvalidArgument, 0},
		{"without a name", &useradminv1.AddRoleRequest{Tenant: acme, Role: &useradminv1.CreateRoleRequest{}}, codes.InvalidArgument, 0},
		{"without a role", &useradminv1.AddRoleRequest{Tenant: acme}, codes.InvalidArgument, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := w.operator.AddRole(t.Context(), c.give)
			expect(t, err, c.want)
			if id := r.GetRoleId(); id != c.id && (c.id != -1 || id < 1000 || id >= 1<<24) {
				t.Errorf("made %d, want %d", r.GetRoleId(), c.id)
			}
		})
	}
	w.add(&useradminv1.AddUserRequest{Id: "ann", Roles: []int64{2000}})
	_, err := useradminv1.NewHistoryServiceClient(w.public).ListUserAudits(w.contabo(acme, "ann"), &useradminv1.ListUserAuditsRequest{})
	expect(t, err, codes.PermissionDenied)
}
