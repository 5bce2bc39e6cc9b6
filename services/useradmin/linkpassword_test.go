package useradmin_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestSetPassword(t *testing.T) {
	inBubble(t, "for the first time", func(t *testing.T, w linkWorld) {
		got, err := w.setPassword(w.welcome("eve"))
		expect(t, err, codes.OK)
		if got.GetRedirectUrl() != "" || got.GetEnrolmentToken() != "" {
			t.Errorf("got %v", got)
		}
		w.expectLogin("eve", newPassword, codes.OK)
		w.expectChange("eve", `{"prev":{"emailVerified":false},"new":{"emailVerified":true}}`)
		if done := w.events("eve", "user.password"); len(done) != 1 || done[0].GetActor() != "eve" {
			t.Errorf("got records %v, want one by eve", done)
		}
		synctest.Wait()
		if n := len(w.mails.List()); n != 1 {
			t.Errorf("there are %d mails, want the link's: a first password is no news", n)
		}
	})
	inBubble(t, "anew ends sessions and all other links, and tells so", func(t *testing.T, w linkWorld) {
		session, other, token := w.contabo(acme, "bob"), w.link("bob", verify), w.link("bob", reset)
		got, err := w.setPassword(token)
		expect(t, err, codes.OK)
		if got.GetRedirectUrl() != doneURL {
			t.Errorf("got %v", got)
		}
		w.expectLogin("bob", newPassword, codes.OK)
		w.expectLogin("bob", goodPassword, codes.Unauthenticated)
		w.expectOut(session)
		w.expectDead(token)
		w.expectDead(other)
		if m := w.lastMail("bob@example.com"); m.Subject != "Das Passwort Ihres Kontos bei Acme wurde geändert" {
			t.Errorf("bob got %q", m.Subject)
		}
	})
	inBubble(t, "of a user who needs a second factor leads to one", func(t *testing.T, w linkWorld) {
		w.edit("bob", func(u *storev1.User) { u.Totp = true })
		got, err := w.setPassword(w.link("bob", reset))
		expect(t, err, codes.OK)
		link, err := w.links().GetLink(t.Context(), &useradminv1.GetLinkRequest{Token: got.GetEnrolmentToken()})
		expect(t, err, codes.OK)
		if link.GetPurpose() != enrol || link.GetEmail() != "bob@example.com" {
			t.Errorf("got %v", link)
		}
	})
	inBubble(t, "of a user who has a second factor leads to none", func(t *testing.T, w linkWorld) {
		w.edit("bob", func(u *storev1.User) { u.Totp, u.SecondFactor = true, &storev1.SecondFactor{Secret: "X"} })
		got, err := w.setPassword(w.link("bob", reset))
		expect(t, err, codes.OK)
		if got.GetEnrolmentToken() != "" || w.user("bob").GetSecondFactor().GetSecret() != "X" {
			t.Errorf("got %v, and the second factor %v", got, w.user("bob").GetSecondFactor())
		}
	})
}

// The operator's doing is told, too.
func TestChangedPasswordsAreTold(t *testing.T) {
	inBubble(t, "at the user's address", func(t *testing.T, w linkWorld) {
		_, err := w.operator.ChangePassword(t.Context(), &useradminv1.ChangePasswordRequest{Tenant: acme, User: "bob", Password: newPassword})
		expect(t, err, codes.OK)
		if m := w.lastMail("bob@example.com"); m.Subject != "Das Passwort Ihres Kontos bei Acme wurde geändert" {
			t.Errorf("bob got %q", m.Subject)
		}
	})
}

func TestWeakPasswordsSpendNothing(t *testing.T) {
	inBubble(t, "nor are they hashed", func(t *testing.T, w linkWorld) {
		w.edit("bob", func(u *storev1.User) { u.FirstName, u.LastName = "Robert Jr", "Tables von X" })
		token, before := w.link("bob", reset), w.door.hashes(t)
		for rule, weak := range map[string][]string{
			"string.min_len":    {"", "eleven char"},
			"password.personal": {"BOB@example.com", "Tables Von X", "robert jr tables von x", "Robert JrTables von X"},
			"password.common":   {"passwordpassword"},
		} {
			for _, give := range weak {
				_, err := w.links().SetPassword(t.Context(), &useradminv1.SetPasswordRequest{Token: token, Password: give})
				if f := fault.From(err); f == nil || len(f.Violations) != 1 || f.Violations[0].Rule != rule {
					t.Errorf("%q: got %v, want %s", give, err, rule)
				}
			}
		}
		if got := w.door.hashes(t) - before; got != 0 {
			t.Errorf("%d passwords were hashed, want none", got)
		}
		_, err := w.setPassword(token)
		expect(t, err, codes.OK)
	})
}

// Strangers can't make the server hash, nor can one link's holder for long.
func TestUsesOfLinksAreBounded(t *testing.T) {
	inBubble(t, "by network", func(t *testing.T, w linkWorld) {
		before := w.door.hashes(t)
		use := func(address string) error {
			_, err := w.links().SetPassword(from(t.Context(), address), &useradminv1.SetPasswordRequest{Token: "guessed", Password: newPassword})
			return err
		}
		for i := range 30 {
			expectDead(t, "SetPassword", use(fmt.Sprintf("192.0.2.%d", i)))
		}
		expect(t, use("192.0.2.200"), codes.ResourceExhausted)
		expectDead(t, "SetPassword", use("198.51.100.1"))
		expectDead(t, "SetPassword", use("2001:db8::1"))
		if got := w.door.hashes(t) - before; got != 0 {
			t.Errorf("%d passwords were hashed, want none", got)
		}
	})
}

// Whoever locks others' accounts locks nobody out who reads their mail.
func TestSetPasswordUnlocks(t *testing.T) {
	inBubble(t, "the account", func(t *testing.T, w linkWorld) {
		w.lock(t, "bob@example.com")
		w.expectLogin("bob", goodPassword, codes.Unauthenticated)
		_, err := w.setPassword(w.link("bob", reset))
		expect(t, err, codes.OK)
		w.expectLogin("bob", newPassword, codes.OK)
	})
}

func (w linkWorld) expectLogin(user, password string, want codes.Code) {
	w.t.Helper()
	_, err := w.login(w.t.Context(), user+"@example.com", password, "")
	expect(w.t, err, want)
}
