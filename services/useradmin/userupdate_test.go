package useradmin_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestUpdateUserChangesWhatIsNamed(t *testing.T) {
	object, full := int64(3), int64(1)
	for _, c := range []struct {
		name string
		give *useradminv1.UpdateUserRequest
		mask []string
		want func(*useradminv1.User)
	}{
		{"nothing is set", &useradminv1.UpdateUserRequest{}, nil, func(*useradminv1.User) {}},
		{"the mask is empty", &useradminv1.UpdateUserRequest{}, []string{}, func(*useradminv1.User) {}},
		{"what is set, without a mask", &useradminv1.UpdateUserRequest{FirstName: proto.String("Bea"), Enabled: proto.Bool(false), Locale: proto.String("de")}, nil,
			func(u *useradminv1.User) { u.FirstName, u.Enabled, u.Locale = "Bea", false, "de" }},
		{"false is a value", &useradminv1.UpdateUserRequest{Totp: proto.Bool(false), Enabled: proto.Bool(true)}, []string{"totp", "enabled"},
			func(u *useradminv1.User) { u.Totp = false }},
		{"names that are named and empty", &useradminv1.UpdateUserRequest{}, []string{"first_name", "last_name"},
			func(u *useradminv1.User) { u.FirstName, u.LastName = "ann", "-" }},
		{"no roles, without a mask", &useradminv1.UpdateUserRequest{Roles: []int64{}}, nil, func(*useradminv1.User) {}},
		{"no roles, named", &useradminv1.UpdateUserRequest{}, []string{"roles"}, func(u *useradminv1.User) { u.Roles = nil }},
		{"other roles", &useradminv1.UpdateUserRequest{Roles: []int64{full, full}}, nil, func(u *useradminv1.User) { u.Roles = u.Roles[1:] }},
		{"another address", &useradminv1.UpdateUserRequest{Email: proto.String("Bea@Example.com")}, []string{"email", "email", "user_id"},
			func(u *useradminv1.User) { u.Email, u.EmailVerified = "Bea@Example.com", false }},
		{"the same address", &useradminv1.UpdateUserRequest{Email: proto.String("ann@example.com")}, nil, func(*useradminv1.User) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newIdleWorld(t, nil)
			w.add(&useradminv1.AddUserRequest{Id: "ann", FirstName: "Ann", LastName: "Ames", Totp: true, Roles: []int64{object, full}})
			edit(w, "ann", func(u *storev1.User) { u.EmailVerified = true })
			want := w.get("ann")
			c.want(want)
			c.give.UserId = "ann"
			if err := w.update(w.all(), c.give, c.mask...); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, w.get("ann"), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUpdateUserRefuses(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("ann")
	w.user("bob")
	before := w.get("ann")
	for _, c := range []struct {
		name string
		give *useradminv1.UpdateUserRequest
		mask []string
		want codes.Code
	}{
		{"another's address", &useradminv1.UpdateUserRequest{Email: proto.String("BOB@example.com")}, nil, codes.AlreadyExists},
		{"no address", &useradminv1.UpdateUserRequest{}, []string{"email"}, codes.InvalidArgument},
		{"neither enabled nor not", &useradminv1.UpdateUserRequest{}, []string{"enabled"}, codes.InvalidArgument},
		{"no language", &useradminv1.UpdateUserRequest{}, []string{"locale"}, codes.InvalidArgument},
		{"another language", &useradminv1.UpdateUserRequest{Locale: proto.String("fr")}, nil, codes.InvalidArgument},
		{"an empty name that is set", &useradminv1.UpdateUserRequest{FirstName: proto.String("")}, nil, codes.InvalidArgument},
		{"a name with markup", &useradminv1.UpdateUserRequest{LastName: proto.String("a<b")}, nil, codes.InvalidArgument},
		{"a role that does not exist", &useradminv1.UpdateUserRequest{Roles: []int64{1 << 40}}, nil, codes.InvalidArgument},
		{"a field that does not exist", &useradminv1.UpdateUserRequest{}, []string{"owner"}, codes.InvalidArgument},
		{"all fields by a star", &useradminv1.UpdateUserRequest{}, []string{"*"}, codes.InvalidArgument},
		{"the mask itself", &useradminv1.UpdateUserRequest{}, []string{"update_mask"}, codes.InvalidArgument},
		{"a field that is set and not named", &useradminv1.UpdateUserRequest{FirstName: proto.String("X"), LastName: proto.String("Y")}, []string{"last_name"}, codes.InvalidArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.give.UserId = "ann"
			expect(t, w.update(w.all(), c.give, c.mask...), c.want)
			if diff := cmp.Diff(before, w.get("ann"), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUsersChangeTheirOwn(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("ann")
	err := w.update(w.contabo(acme, "ann"), &useradminv1.UpdateUserRequest{
		UserId: "ann", FirstName: proto.String("Bea"), LastName: proto.String("Ames"), Locale: proto.String("de-DE"), Email: proto.String("bea@example.com"),
	})
	expect(t, err, codes.OK)
	got := w.get("ann")
	if got.GetFirstName() != "Bea" || got.GetLastName() != "Ames" || got.GetLocale() != "de-DE" || got.GetEmail() != "bea@example.com" {
		t.Errorf("got %v", got)
	}
	expect(t, w.update(w.contabo(acme, "ann"), &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("X"), Totp: proto.Bool(true)}), codes.PermissionDenied)
	w.user("chief", 1)
	expect(t, w.update(w.contabo(acme, "chief"), &useradminv1.UpdateUserRequest{UserId: "chief", Totp: proto.Bool(true)}), codes.OK)
}

// The names that log in go with the address, so that who gets the old one gets all of it.
func TestAddressesAreFreeAtOnce(t *testing.T) {
	w := newIdleWorld(t, nil)
	ann := w.add(&useradminv1.AddUserRequest{Id: "ann"})
	w.add(&useradminv1.AddUserRequest{Id: "bob", Username: "bobby"})
	for _, id := range []string{"ann", "bob"} {
		expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: id, Email: proto.String("new-" + id + "@example.com")}), codes.OK)
	}
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "bob", Email: &ann.Email}), codes.OK)
	var got []string
	for _, u := range rows[*storev1.User](w, table.Of(acme)) {
		got = append(got, u.GetUsername())
	}
	if want := []string{"new-ann@example.com", "bobby"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestChangesEndSessions(t *testing.T) {
	w := newIdleWorld(t, nil)
	for _, c := range []struct {
		name string
		give *useradminv1.UpdateUserRequest
		ends bool
	}{
		{"names", &useradminv1.UpdateUserRequest{FirstName: proto.String("X"), Locale: proto.String("de")}, false},
		{"nothing new", &useradminv1.UpdateUserRequest{Enabled: proto.Bool(true), Totp: proto.Bool(false)}, false},
		{"the address", &useradminv1.UpdateUserRequest{Email: proto.String("x@example.com")}, true},
		{"the second factor", &useradminv1.UpdateUserRequest{Totp: proto.Bool(true)}, true},
		{"roles", &useradminv1.UpdateUserRequest{Roles: []int64{3}}, true},
		{"being enabled", &useradminv1.UpdateUserRequest{Enabled: proto.Bool(false)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.give.UserId = w.user(strings.ReplaceAll(c.name, " ", "-"))
			sessions := []context.Context{w.contabo(acme, c.give.GetUserId()), w.keystone(acme, c.give.GetUserId())}
			expect(t, w.update(w.all(), c.give), codes.OK)
			for _, s := range sessions {
				if ended := w.may(s) == nil; ended != c.ends {
					t.Errorf("the session has ended: %t", ended)
				}
			}
		})
	}
}

// What is done leaves an audit record and a change, and what is not leaves none.
func TestUpdatesAreRecorded(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("ann")
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("Ann")}), codes.OK)
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("Ann")}), codes.OK)
	_, err := w.users.DeleteUser(w.all(), &useradminv1.DeleteUserRequest{UserId: "ann"})
	expect(t, err, codes.OK)
	var actions, events []string
	for _, c := range rows[*storev1.Change](w, table.Of(acme)) {
		actions = append(actions, c.GetAction()+" "+c.GetObject())
		if c.GetAction() == "UPDATED" && (c.GetBefore() != `{"firstName":""}` || c.GetAfter() != `{"firstName":"Ann"}`) {
			t.Errorf("changed from %s to %s", c.GetBefore(), c.GetAfter())
		}
	}
	for _, r := range rows[*storev1.AuditRecord](w, table.Of(acme)) {
		events = append(events, r.GetEvent()+" "+r.GetObject())
	}
	if want := []string{"CREATED ann", "UPDATED ann", "DELETED ann"}; !slices.Equal(actions, want) {
		t.Errorf("changes %v, want %v", actions, want)
	}
	if want := []string{"user.create ann", "user.update ann", "user.delete ann"}; !slices.Equal(events, want) {
		t.Errorf("events %v, want %v", events, want)
	}
}
