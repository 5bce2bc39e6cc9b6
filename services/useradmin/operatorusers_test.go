package useradmin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestAddUser(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Username: "Ann", Password: goodPassword, Owner: true})
	with := func(password string) *useradminv1.AddUserRequest {
		return &useradminv1.AddUserRequest{Tenant: acme, Email: "x@example.com", Password: password}
	}
	for _, c := range []struct {
		name string
		give *useradminv1.AddUserRequest
		want codes.Code
	}{
		{"the same id in another tenant", &useradminv1.AddUserRequest{Tenant: rival, Id: "ann", Email: "x@example.com"}, codes.AlreadyExists},
		{"the same id", &useradminv1.AddUserRequest{Tenant: acme, Id: "ann", Email: "x@example.com"}, codes.AlreadyExists},
		{"the same e-mail in other letters", &useradminv1.AddUserRequest{Tenant: acme, Email: "ANN@example.com"}, codes.AlreadyExists},
		{"the same name in other letters", &useradminv1.AddUserRequest{Tenant: acme, Username: "ANN", Email: "x@example.com"}, codes.AlreadyExists},
		{"the same name and e-mail in another tenant", &useradminv1.AddUserRequest{Tenant: rival, Username: "ann", Email: "ann@example.com"}, codes.OK},
		{"a second owner", &useradminv1.AddUserRequest{Tenant: acme, Email: "x@example.com", Owner: true}, codes.AlreadyExists},
		{"the owner of another tenant", &useradminv1.AddUserRequest{Tenant: rival, Email: "o@example.com", Owner: true}, codes.OK},
		{"a role that does not exist", &useradminv1.AddUserRequest{Tenant: acme, Email: "x@example.com", Roles: []int64{1234}}, codes.InvalidArgument},
		{"an address without an at sign", &useradminv1.AddUserRequest{Tenant: acme, Email: "x.example.com"}, codes.InvalidArgument},
		{"an address with a look-alike letter", &useradminv1.AddUserRequest{Tenant: acme, Email: "аnn@example.com"}, codes.InvalidArgument},
		{"a name of a script", &useradminv1.AddUserRequest{Tenant: acme, Email: "x@example.com", FirstName: "<script>"}, codes.InvalidArgument},
		{"a password of seven characters", with("seven77"), codes.InvalidArgument},
		{"a password of seven long characters", with("ß7ß7ß7ß"), codes.InvalidArgument},
		{"a password of 129 characters", with(strings.Repeat("p", 129)), codes.InvalidArgument},
		{"a password with NUL", with("a password\x00of many"), codes.InvalidArgument},
		{"a password of eight characters", with("eight888"), codes.OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.operator.AddUser(t.Context(), c.give)
			expect(t, err, c.want)
		})
	}
}

func TestAddUserShowsWhatItMade(t *testing.T) {
	w := newWorld(t)
	u := w.add(&useradminv1.AddUserRequest{Email: "Bob@Example.com", Password: goodPassword, Roles: []int64{1, 2, 1}, OpenstackRoles: []string{"creator"}})
	if u.GetUsername() != "bob@example.com" || u.GetEmail() != "Bob@Example.com" || !u.GetEnabled() || !u.GetEmailVerified() || !u.GetPasswordSet() ||
		!slices.Equal(u.GetRoles(), []int64{1, 2}) || len(u.GetId()) != 36 {
		t.Errorf("made %v", u)
	}
	if u := w.add(&useradminv1.AddUserRequest{Id: "cem", Disabled: true}); u.GetEnabled() || u.GetEmailVerified() || u.GetPasswordSet() {
		t.Errorf("made %v", u)
	}
}

func TestListAllUsers(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 5 {
		want = append(want, w.add(&useradminv1.AddUserRequest{Email: fmt.Sprintf("u%d@example.com", i), Password: goodPassword}).GetId())
	}
	slices.Sort(want) // those of one millisecond are in any order
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "spy"})
	var got []string
	r := &useradminv1.ListAllUsersRequest{Tenant: acme, PageSize: 2}
	for first := true; first || r.GetPageToken() != ""; first = false {
		page, err := w.operator.ListAllUsers(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.GetUsers() {
			got = append(got, u.GetId())
		}
		r.PageToken = page.GetNextPageToken()
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	page, err := w.operator.ListAllUsers(t.Context(), &useradminv1.ListAllUsersRequest{Tenant: acme, PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.operator.ListAllUsers(t.Context(), &useradminv1.ListAllUsersRequest{Tenant: rival, PageToken: page.GetNextPageToken()})
	expect(t, err, codes.InvalidArgument)
}
