package useradmin_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/useradmin"
)

// Doors remember for some seconds what callers may do. What is given away in them would stay
// given, so handlers look again.
func TestWhatWasTakenAwayIsNotGivenOn(t *testing.T) {
	for _, c := range []struct {
		name string
		take func(w *world) error
		want codes.Code
	}{
		{"nothing", func(*world) error { return nil }, codes.OK},
		{"the role", func(w *world) error {
			return w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "clerk", Roles: []int64{3}})
		}, codes.PermissionDenied},
		{"the login", func(w *world) error {
			return w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "clerk", Enabled: proto.Bool(false)})
		}, codes.Unauthenticated},
		{"the user", func(w *world) error {
			_, err := w.users.DeleteUser(w.all(), &useradminv1.DeleteUserRequest{UserId: "clerk"})
			return err
		}, codes.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			door := &auth.Door{Verifier: auth.NewCache(accessclient.New(o.access)), Public: rpc.PublicMethods(), Accept: useradmin.Accepts}
			elsewhere := rpc.NewLocal(door.Unary) // another process
			o.service.RegisterPublic(elsewhere)
			users, roles := useradminv1.NewUserServiceClient(elsewhere), useradminv1.NewRoleServiceClient(elsewhere)
			clerk := o.contabo(acme, "clerk")
			list := func() error { _, err := users.ListUsers(clerk, &useradminv1.ListUsersRequest{}); return err }
			expect(t, list(), codes.OK)
			expect(t, c.take(o.world), codes.OK)
			expect(t, list(), codes.OK) // the door knows nothing yet
			_, err := users.CreateUser(clerk, &useradminv1.CreateUserRequest{Email: "x@example.com", Locale: "en", Roles: []int64{o.readers}})
			expect(t, err, c.want)
			_, err = users.UpdateUser(clerk, &useradminv1.UpdateUserRequest{UserId: "plain", Roles: []int64{o.readers}})
			expect(t, err, c.want)
			_, err = roles.CreateRole(clerk, &useradminv1.CreateRoleRequest{Name: "x", Permissions: []*useradminv1.RoleGrant{grant("/v1/users", "READ")}})
			expect(t, err, c.want)
			_, err = users.DeleteUser(clerk, &useradminv1.DeleteUserRequest{UserId: "sleeper"})
			if err == nil {
				t.Error("deleted a user who may do everything")
			}
		})
	}
}
