package useradmin_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func (w *world) hasPassword(user, password string) bool {
	w.t.Helper()
	r, err := w.operator.CheckPassword(w.t.Context(), &useradminv1.CheckPasswordRequest{Tenant: acme, User: user, Password: password})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetMatches()
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Username: "annie", Password: goodPassword, Owner: true})
	w.add(&useradminv1.AddUserRequest{Id: "bob"})
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "spy", Password: goodPassword})
	session := w.contabo(acme, "ann")
	client := useradminv1.NewClientServiceClient(w.public)
	if _, err := client.GetClient(session, &useradminv1.GetClientRequest{}); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"ann", "Annie", " ANN@example.com"} {
		password := "new password of " + strings.TrimSpace(user)
		if _, err := w.operator.ChangePassword(t.Context(), &useradminv1.ChangePasswordRequest{Tenant: acme, User: user, Password: password}); err != nil {
			t.Fatal(err)
		}
		if !w.hasPassword("ann", password) || w.hasPassword("ann", goodPassword) {
			t.Errorf("ann, called %q, does not have the new password alone", user)
		}
	}
	_, err := client.GetClient(session, &useradminv1.GetClientRequest{})
	expect(t, err, codes.Unauthenticated)
	if w.hasPassword("bob", "") || w.hasPassword("bob", goodPassword) {
		t.Error("a user without password has one")
	}
	for _, c := range []struct {
		name, user, password string
		want                 codes.Code
	}{
		{"nobody", "eve", goodPassword, codes.NotFound},
		{"a user of another tenant", "spy", goodPassword, codes.NotFound},
		{"too short a password", "ann", "seven77", codes.InvalidArgument},
		{"none", "ann", "", codes.InvalidArgument},
		{"somebody's first", "bob", "eight888", codes.OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.operator.ChangePassword(t.Context(), &useradminv1.ChangePasswordRequest{Tenant: acme, User: c.user, Password: c.password})
			expect(t, err, c.want)
		})
	}
}

// Names are looked for after ids, so that nobody takes another's place by a name.
func TestIDsBeforeNames(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Password: goodPassword})
	w.add(&useradminv1.AddUserRequest{Id: "eve", Username: "ann", Password: "a password of Eve's"})
	if !w.hasPassword("ann", goodPassword) {
		t.Error("the id ann is taken for Eve's name")
	}
}

// What bootstrap compares at every start must lock nobody out.
func TestComparingIsNoLogin(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Password: goodPassword})
	for range 6 {
		if w.hasPassword("ann", "a wrong password") {
			t.Fatal("a wrong password matches")
		}
	}
	if !w.hasPassword("ann", goodPassword) {
		t.Error("the right password does not match any more")
	}
}
