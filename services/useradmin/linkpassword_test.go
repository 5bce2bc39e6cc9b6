package useradmin_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

func TestSetPassword(t *testing.T) {
	inBubble(t, "for the first time", func(t *testing.T, w *world) {
		w.add(&useradminv1.AddUserRequest{Id: "eve", Locale: "en"})
		got, err := w.setPassword(w.link("eve", activate))
		expect(t, err, codes.OK)
		if got.GetRedirectUrl() != "https://app.example.com/done" || got.GetEnrolmentToken() != "" {
			t.Errorf("got %v", got)
		}
		w.expectPassword("eve", newPassword)
		if u := w.stored("eve"); !u.GetEmailVerified() {
			t.Error("the address that the link was sent to is not verified")
		}
		w.expectChange("eve", `{"emailVerified":false}`, `{"emailVerified":true}`)
		if done := w.events("eve", "user.password"); len(done) != 1 || done[0].GetActor() != "eve" {
			t.Errorf("got records %v, want one by eve", done)
		}
		synctest.Wait()
		if n := len(w.mails.List()); n != 1 {
			t.Errorf("there are %d mails, want the link's: a first password is no news", n)
		}
	})
	inBubble(t, "anew ends sessions and all other links, and tells so", func(t *testing.T, w *world) {
		session, other, token := w.contabo(acme, "bob"), w.link("bob", verify), w.link("bob", reset)
		_, err := w.setPassword(token)
		expect(t, err, codes.OK)
		w.expectPassword("bob", newPassword)
		w.expectOut(session)
		w.expectDead(token)
		w.expectDead(other)
		if m := w.lastMail("bob@example.com"); m.Subject != "Das Passwort Ihres Kontos bei acme wurde geändert" {
			t.Errorf("bob got %q", m.Subject)
		}
	})
	inBubble(t, "of a user who needs a second factor leads to one", func(t *testing.T, w *world) {
		w.edit("bob", func(u *storev1.User) { u.Totp = true })
		got, err := w.setPassword(w.link("bob", reset))
		expect(t, err, codes.OK)
		link, err := w.links().GetLink(t.Context(), &useradminv1.GetLinkRequest{Token: got.GetEnrolmentToken()})
		expect(t, err, codes.OK)
		if link.GetPurpose() != enrol || link.GetEmail() != "bob@example.com" {
			t.Errorf("got %v", link)
		}
	})
	inBubble(t, "of a user who has a second factor leads to none", func(t *testing.T, w *world) {
		w.edit("bob", func(u *storev1.User) { u.Totp, u.SecondFactor = true, &storev1.SecondFactor{Secret: "X"} })
		got, err := w.setPassword(w.link("bob", reset))
		expect(t, err, codes.OK)
		if got.GetEnrolmentToken() != "" || w.stored("bob").GetSecondFactor().GetSecret() != "X" {
			t.Errorf("got %v, and the second factor %v", got, w.stored("bob").GetSecondFactor())
		}
	})
}

func TestWeakPasswordsSpendNothing(t *testing.T) {
	inBubble(t, "nor are they hashed", func(t *testing.T, w *world) {
		w.edit("bob", func(u *storev1.User) { u.FirstName, u.LastName = "Robert Jr", "Tables von X" })
		token, before := w.link("bob", reset), w.hashed()
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
		if got := w.hashed() - before; got != 0 {
			t.Errorf("%d passwords were hashed, want none", got)
		}
		_, err := w.setPassword(token)
		expect(t, err, codes.OK)
	})
}

// Strangers can't make the server hash, nor can one link's holder for long.
func TestUsesOfLinksAreBounded(t *testing.T) {
	inBubble(t, "by network", func(t *testing.T, w *world) {
		before := w.hashed()
		from := func(address string) error {
			ctx := metadata.AppendToOutgoingContext(t.Context(), rpc.ClientKey, address)
			_, err := useradminv1.NewLinkServiceClient(w.public).SetPassword(ctx, &useradminv1.SetPasswordRequest{Token: "guessed", Password: newPassword})
			return err
		}
		for i := range 30 {
			expectDead(t, "SetPassword", from(fmt.Sprintf("192.0.2.%d", i)))
		}
		expect(t, from("192.0.2.200"), codes.ResourceExhausted)
		expectDead(t, "SetPassword", from("198.51.100.1"))
		expectDead(t, "SetPassword", from("2001:db8::1"))
		if got := w.hashed() - before; got != 0 {
			t.Errorf("%d passwords were hashed, want none", got)
		}
	})
}

func (w *world) expectPassword(user, want string) {
	w.t.Helper()
	ok, err := w.hashes.Verify(w.t.Context(), w.stored(user).GetPasswordHash(), want)
	if err != nil || !ok {
		w.t.Errorf("the password is not %q: %v", want, err)
	}
}

// hashed is how many passwords were hashed so far.
func (w *world) hashed() uint64 {
	w.t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(w.hashes)
	families, err := registry.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "holdplane_password_hash_seconds" {
			return f.GetMetric()[0].GetHistogram().GetSampleCount()
		}
	}
	w.t.Fatal("hashes are not counted")
	return 0
}
