package useradmin_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

// stored is the owner as the store has it.
func stored(w *world) *storev1.User {
	for _, u := range rows[*storev1.User](w, table.Of(acme)) {
		if u.GetOwner() {
			return u
		}
	}
	return nil
}

func TestOwnersAddressWaitsForConfirmation(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.add(&useradminv1.AddUserRequest{Id: "owner", Owner: true})
	edit(w, "owner", func(u *storev1.User) { u.EmailVerified = true })
	owner := w.contabo(acme, "owner")
	for _, c := range []struct {
		name, give, pending string
	}{
		{"another", "new@example.com", "new@example.com"},
		{"another again", "newer@example.com", "newer@example.com"},
		{"the one there is", "owner@example.com", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, w.update(owner, &useradminv1.UpdateUserRequest{UserId: "owner", Email: &c.give}), codes.OK)
			u := stored(w)
			if u.GetEmail() != "owner@example.com" || u.GetUsername() != "owner@example.com" || !u.GetEmailVerified() || u.GetPendingEmail() != c.pending {
				t.Errorf("got %v", u)
			}
			if w.may(owner) == nil {
				t.Error("the session ended before anything was confirmed")
			}
			if got := w.get("owner"); got.GetEmail() != "owner@example.com" || !got.GetEmailVerified() {
				t.Errorf("shown is %v", got)
			}
		})
	}
}

func TestOwnersMayDoTheRest(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.add(&useradminv1.AddUserRequest{Id: "owner", Owner: true, Totp: true})
	w.add(&useradminv1.AddUserRequest{Id: "stack", OpenstackRoles: []string{"creator"}, Roles: []int64{1}})
	owner := w.contabo(acme, "owner")
	expect(t, w.update(owner, &useradminv1.UpdateUserRequest{UserId: "owner", FirstName: proto.String("Bea"), Totp: proto.Bool(false)}), codes.OK)
	if u := stored(w); u.GetTotp() || u.GetFirstName() != "Bea" {
		t.Errorf("got %v", u)
	}
	// Whatever a role at OpenStack's services is called, the owner is above it.
	owner = w.contabo(acme, "owner")
	expect(t, w.update(owner, &useradminv1.UpdateUserRequest{UserId: "stack", Roles: []int64{2}}), codes.OK)
	_, err := w.users.DeleteUser(owner, &useradminv1.DeleteUserRequest{UserId: "stack"})
	expect(t, err, codes.OK)
}

func TestSwitchingTheSecondFactorOffForgetsIt(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Totp: true})
	edit(w, "ann", func(u *storev1.User) { u.SecondFactor = &storev1.SecondFactor{Secret: "JBSWY3DPEHPK3PXP"} })
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", Totp: proto.Bool(true)}), codes.OK)
	if u := rows[*storev1.User](w, table.Of(acme))[0]; u.GetSecondFactor() == nil {
		t.Error("forgotten though it stays on")
	}
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", Totp: proto.Bool(false)}), codes.OK)
	if u := rows[*storev1.User](w, table.Of(acme))[0]; u.GetSecondFactor() != nil || u.GetTotp() {
		t.Errorf("got %v", u)
	}
}
