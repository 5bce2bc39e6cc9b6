package useradmin_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestCreatedUserIsShown(t *testing.T) {
	w := newIdleWorld(t, nil)
	all := w.all()
	full := &useradminv1.Role{RoleId: 1, TenantId: "HP", CustomerId: acme, Name: "Full Access", Admin: true, AccessAllResources: true, Type: "default"}
	for _, c := range []struct {
		name string
		give *useradminv1.CreateUserRequest
		want *useradminv1.User
	}{
		{"with all there is", &useradminv1.CreateUserRequest{
			FirstName: proto.String(" Ann-Marie "), LastName: proto.String("O'Neill Łódź"), Email: "Ann@Example.com", Enabled: true, Totp: true, Locale: "de-DE", Admin: true,
		}, &useradminv1.User{FirstName: "Ann-Marie", LastName: "O'Neill Łódź", Email: "Ann@Example.com", Enabled: true, Totp: true, Locale: "de-DE", Roles: []*useradminv1.Role{full}}},
		{"with what must be", &useradminv1.CreateUserRequest{Email: "bob+x@example.com", Locale: "en"},
			&useradminv1.User{FirstName: "bob+x", LastName: "-", Email: "bob+x@example.com", Locale: "en"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			made, err := w.users.CreateUser(all, c.give)
			if err != nil {
				t.Fatal(err)
			}
			c.want.UserId, c.want.TenantId, c.want.CustomerId = made.GetUserId(), made.GetTenantId(), made.GetCustomerId()
			if diff := cmp.Diff(c.want, w.get(made.GetUserId()), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
			set, err := w.users.IsPasswordSet(all, &useradminv1.IsPasswordSetRequest{UserId: made.GetUserId()})
			if err != nil || set.GetIsPasswordSet() || set.GetTenantId() != "HP" || set.GetCustomerId() != acme {
				t.Errorf("a password: %v, %v", set, err)
			}
		})
	}
}

func TestFlagsOfCreateAreDefaultRoles(t *testing.T) {
	w := newIdleWorld(t, nil)
	for _, c := range []struct {
		name  string
		admin bool
		all   bool
		roles []int64
		want  []int64
	}{
		{"neither", false, false, nil, nil},
		{"everything", true, false, nil, []int64{1}},
		{"all resources", false, true, nil, []int64{2}},
		{"both", true, true, nil, []int64{1}},
		{"beside a role", false, true, []int64{3}, []int64{3, 2}},
		{"beside the same role", true, false, []int64{1}, []int64{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			made, err := w.users.CreateUser(w.all(), &useradminv1.CreateUserRequest{
				Email: fmt.Sprintf("%d@example.com", len(rows[*storev1.User](w, table.Of(acme)))), Locale: "en", Admin: c.admin, AccessAllResources: c.all, Roles: c.roles,
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, role := range w.get(made.GetUserId()).GetRoles() {
				got = append(got, role.GetRoleId())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got the roles %v, want %v", got, c.want)
			}
		})
	}
}

func TestCreateUserRefuses(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("ann")
	for _, c := range []struct {
		name string
		give *useradminv1.CreateUserRequest
		want codes.Code
	}{
		{"an address in use, in other letters", &useradminv1.CreateUserRequest{Email: "ANN@example.com"}, codes.AlreadyExists},
		{"an address without a domain", &useradminv1.CreateUserRequest{Email: "bob@"}, codes.InvalidArgument},
		{"an address that no mail takes", &useradminv1.CreateUserRequest{Email: "bob..x@example.com"}, codes.InvalidArgument},
		{"an address with a line end", &useradminv1.CreateUserRequest{Email: "bob@example.com\r\nBcc: x@example.com"}, codes.InvalidArgument},
		{"another language", &useradminv1.CreateUserRequest{Locale: "fr"}, codes.InvalidArgument},
		{"a name with markup", &useradminv1.CreateUserRequest{FirstName: proto.String("<b>Bob</b>")}, codes.InvalidArgument},
		{"a name with a line end", &useradminv1.CreateUserRequest{LastName: proto.String("Bob\nX")}, codes.InvalidArgument},
		{"a name that turns the text around", &useradminv1.CreateUserRequest{LastName: proto.String("Bob\u202e")}, codes.InvalidArgument},
		{"a blank name", &useradminv1.CreateUserRequest{FirstName: proto.String("  ")}, codes.InvalidArgument},
		{"a role that does not exist", &useradminv1.CreateUserRequest{Roles: []int64{1000}}, codes.InvalidArgument},
		{"a role below zero", &useradminv1.CreateUserRequest{Roles: []int64{-1}}, codes.InvalidArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.give.GetEmail() == "" {
				c.give.Email = "bob@example.com"
			}
			if c.give.GetLocale() == "" {
				c.give.Locale = "en"
			}
			_, err := w.users.CreateUser(w.all(), c.give)
			expect(t, err, c.want)
			if n := len(rows[*storev1.User](w, table.Of(acme))); n != 1 {
				t.Errorf("there are %d users", n)
			}
		})
	}
}

func TestUsersAreNotFound(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "rita"})
	all := w.all()
	var texts []string
	for _, id := range []string{"rita", "0", "", "5cf2a4a1-0000-4000-8000-000000000000", "a\x00b", "../x"} {
		for name, call := range map[string]func() error{
			"get": func() error { _, err := w.users.GetUser(all, &useradminv1.GetUserRequest{UserId: id}); return err },
			"update": func() error {
				return w.update(all, &useradminv1.UpdateUserRequest{UserId: id, FirstName: proto.String("X")})
			},
			"delete": func() error {
				_, err := w.users.DeleteUser(all, &useradminv1.DeleteUserRequest{UserId: id})
				return err
			},
			"reset": func() error {
				_, err := w.users.ResetPassword(all, &useradminv1.ResetPasswordRequest{UserId: id})
				return err
			},
			"resend": func() error {
				_, err := w.users.ResendEmailVerification(all, &useradminv1.ResendEmailVerificationRequest{UserId: id})
				return err
			},
		} {
			err := call()
			expect(t, err, codes.NotFound)
			if err != nil {
				texts = append(texts, err.Error())
			} else {
				t.Errorf("%s %q", name, id)
			}
		}
	}
	if slices.Sort(texts); len(slices.Compact(texts)) != 1 {
		t.Errorf("texts differ: %q", texts)
	}
}

func TestUsersReadThemselves(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("ann")
	w.add(&useradminv1.AddUserRequest{Id: "bob", Password: goodPassword})
	ann, bob, weak := w.contabo(acme, "ann"), w.contabo(acme, "bob"), w.rootKey(acme, "roles.read")
	for _, c := range []struct {
		name string
		by   context.Context
		id   string
		want codes.Code
		set  bool
	}{
		{"oneself by id", ann, "ann", codes.OK, false},
		{"oneself without", bob, "", codes.OK, true},
		{"another", ann, "bob", codes.PermissionDenied, false},
		{"another who does not exist", ann, "x", codes.PermissionDenied, false},
		{"by a key without permission", weak, "ann", codes.PermissionDenied, false},
		{"by a key without a name", weak, "", codes.PermissionDenied, false},
		{"by a key, of nobody", w.all(), "", codes.InvalidArgument, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := w.users.IsPasswordSet(c.by, &useradminv1.IsPasswordSetRequest{UserId: c.id})
			expect(t, err, c.want)
			if r.GetIsPasswordSet() != c.set {
				t.Errorf("password set: %t", r.GetIsPasswordSet())
			}
			if c.id != "" {
				_, err = w.users.GetUser(c.by, &useradminv1.GetUserRequest{UserId: c.id})
				expect(t, err, c.want)
			}
		})
	}
}
