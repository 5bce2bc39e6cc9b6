package useradmin_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestAddUser(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Username: "Ann", Password: goodPassword, Owner: true})
	for _, c := range []struct {
		name string
		give *useradminv1.AddUserRequest
		want codes.Code
	}{
		{"the same id in another tenant", &useradminv1.AddUserRequest{Tenant: rival, Id: "ann", Email: "x@example.com"}, codes.AlreadyExists},
		{"the same e-mail in other letters", &useradminv1.AddUserRequest{Tenant: acme, Email: "ANN@example.com"}, codes.AlreadyExists},
		{"the same name in other letters", &useradminv1.AddUserRequest{Tenant: acme, Username: "ANN", Email: "x@example.com"}, codes.AlreadyExists},
		{"the same name and e-mail in another tenant", &useradminv1.AddUserRequest{Tenant: rival, Username: "ann", Email: "ann@example.com"}, codes.OK},
		{"a second owner", &useradminv1.AddUserRequest{Tenant: acme, Email: "x@example.com", Owner: true}, codes.AlreadyExists},
		{"a role that does not exist", &useradminv1.AddUserRequest{Tenant: acme, Email: "x@example.com", Roles: []int64{1234}}, codes.InvalidArgument},
		{"an address without an at sign", &useradminv1.AddUserRequest{Tenant: acme, Email: "x.example.com"}, codes.InvalidArgument},
		{"an address with a look-alike letter", &useradminv1.AddUserRequest{Tenant: acme, Email: "аnn@example.com"}, codes.InvalidArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.operator.AddUser(t.Context(), c.give)
			expect(t, err, c.want)
		})
	}
}
