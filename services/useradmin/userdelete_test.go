package useradmin_test

import (
	"context"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

// belongings gives a user one of all that a user can have.
func (w *world) belongings(user string) {
	const later = 1 << 50
	for _, purpose := range useradminv1.LinkPurpose_value {
		put(w, &storev1.Link{Digest: []byte(user + "\x00" + string(rune('0'+purpose))), User: user, Purpose: purpose, ExpiresAtMs: later})
	}
	put(w, &storev1.KeystoneToken{Digest: []byte(user + "-1"), User: user, ExpiresAtMs: later})
	put(w, &storev1.KeystoneToken{Digest: []byte(user + "-2"), User: user, ApplicationCredential: user, ExpiresAtMs: later})
	put(w, &storev1.ApplicationCredential{Id: user, User: user, Name: "ci"})
	put(w, &storev1.S3Credential{Id: int32(len(rows[*storev1.S3Credential](w, table.Of(acme)))), User: user, ObjectStorage: "eu", SecretKey: "secret"})
}

// counts are how many rows there are of what users have. Removed S3 credentials stay without
// their secrets until the storages know.
func (w *world) counts() [5]int {
	s := table.Of(acme)
	keys := slices.DeleteFunc(rows[*storev1.S3Credential](w, s), func(m *storev1.S3Credential) bool { return m.GetRemoved() && m.GetSecretKey() == "" })
	return [5]int{
		len(rows[*storev1.User](w, s)), len(rows[*storev1.Link](w, s)), len(rows[*storev1.KeystoneToken](w, s)),
		len(rows[*storev1.ApplicationCredential](w, s)), len(keys),
	}
}

func TestDeletedUserLeavesNothing(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("bob")
	w.belongings("bob")
	want := w.counts()
	w.user("ann")
	w.belongings("ann")
	sessions := []context.Context{w.contabo(acme, "ann"), w.keystone(acme, "ann")}
	if _, err := w.users.DeleteUser(w.all(), &useradminv1.DeleteUserRequest{UserId: "ann"}); err != nil {
		t.Fatal(err)
	}
	if got := w.counts(); got != want {
		t.Errorf("left are %v, want bob's %v", got, want)
	}
	for _, s := range sessions {
		if w.may(s) != nil {
			t.Error("a session lives")
		}
	}
	_, err := w.users.GetUser(w.all(), &useradminv1.GetUserRequest{UserId: "ann"})
	expect(t, err, codes.NotFound)
	_, err = w.users.DeleteUser(w.all(), &useradminv1.DeleteUserRequest{UserId: "ann"})
	expect(t, err, codes.NotFound)
	_, err = w.users.CreateUser(w.all(), &useradminv1.CreateUserRequest{Email: "ann@example.com", Locale: "en"})
	expect(t, err, codes.OK)
}

func TestUsersWhoMayDeleteThemselves(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("chief", 1)
	chief := w.contabo(acme, "chief")
	_, err := w.users.DeleteUser(chief, &useradminv1.DeleteUserRequest{UserId: "chief"})
	expect(t, err, codes.OK)
	if w.may(chief) != nil {
		t.Error("the session lives")
	}
}

// A changed address voids every link that went to the old one, also when it comes back.
func TestLinksGoWithTheAddress(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("ann")
	w.belongings("ann")
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("Ann")}), codes.OK)
	if n := len(rows[*storev1.Link](w, table.Of(acme))); n != len(useradminv1.LinkPurpose_value) {
		t.Errorf("a new name leaves %d links", n)
	}
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", Email: proto.String("x@example.com")}), codes.OK)
	if n := len(rows[*storev1.Link](w, table.Of(acme))); n != 0 {
		t.Errorf("a new address leaves %d links", n)
	}
}
