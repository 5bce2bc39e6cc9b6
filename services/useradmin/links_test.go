package useradmin_test

import (
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestLooking(t *testing.T) {
	inBubble(t, "at a link spends nothing, however often", func(t *testing.T, w *world) {
		token := w.link("bob", reset)
		for range 100 {
			got, err := w.links().GetLink(t.Context(), &useradminv1.GetLinkRequest{Token: token})
			expect(t, err, codes.OK)
			if got.GetPurpose() != reset || got.GetEmail() != "bob@example.com" || got.GetLocale() != "de-DE" {
				t.Fatalf("got %v", got)
			}
		}
		_, err := w.setPassword(token)
		expect(t, err, codes.OK)
	})
}

// What ends a link before its time ends it for everything, in one text.
func TestDeadLinks(t *testing.T) {
	for name, kill := range map[string]func(w *world, token string){
		"none":             func(*world, string) {},
		"used":             func(w *world, token string) { _, _ = w.setPassword(token) },
		"expired":          func(*world, string) { time.Sleep(time.Hour) },
		"by a newer link":  func(w *world, _ string) { w.link("bob", reset) },
		"user deleted":     func(w *world, _ string) { _ = w.service.Remove(w.t.Context(), acme, "bob") },
		"user disabled":    func(w *world, _ string) { w.edit("bob", func(u *storev1.User) { u.Enabled = false }) },
		"address changed":  func(w *world, _ string) { w.edit("bob", func(u *storev1.User) { u.Email = "new@example.com" }) },
		"password changed": func(w *world, _ string) { w.edit("bob", func(u *storev1.User) { u.PasswordVersion++ }) },
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			token := w.link("bob", reset)
			if name == "none" {
				w.expectDead("")
				w.expectDead("hp_link_" + token)
				w.expectDead(token + " ")
				return
			}
			kill(w, token)
			w.expectDead(token)
		})
	}
}

func TestLinksWorkUntilTheyEnd(t *testing.T) {
	inBubble(t, "an hour or a day", func(t *testing.T, w *world) {
		w.edit("bob", func(u *storev1.User) { u.Totp = true })
		began := time.Now()
		tokens := map[useradminv1.LinkPurpose]string{}
		for _, purpose := range []useradminv1.LinkPurpose{activate, reset, verify, enrol} {
			tokens[purpose] = w.link("bob", purpose)
		}
		until := func(life time.Duration, purposes ...useradminv1.LinkPurpose) {
			time.Sleep(time.Until(began.Add(life - time.Millisecond)))
			for _, purpose := range purposes {
				_, err := w.links().GetLink(t.Context(), &useradminv1.GetLinkRequest{Token: tokens[purpose]})
				expect(t, err, codes.OK)
			}
			time.Sleep(time.Millisecond)
			for _, purpose := range purposes {
				w.expectDead(tokens[purpose])
			}
		}
		until(time.Hour, reset)
		until(24*time.Hour, activate, verify, enrol)
	})
}

func TestLinksAreForOnePurpose(t *testing.T) {
	inBubble(t, "to set a password", func(t *testing.T, w *world) {
		w.edit("bob", func(u *storev1.User) { u.Totp = true })
		for _, purpose := range []useradminv1.LinkPurpose{activate, reset} {
			token := w.link("bob", purpose)
			_, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: token})
			expectDead(t, "VerifyEmail", err)
			_, err = w.links().StartEnrolment(t.Context(), &useradminv1.StartEnrolmentRequest{Token: token})
			expectDead(t, "StartEnrolment", err)
		}
	})
	inBubble(t, "to verify an address or to enrol", func(t *testing.T, w *world) {
		w.edit("bob", func(u *storev1.User) { u.Totp = true })
		for _, purpose := range []useradminv1.LinkPurpose{verify, enrol} {
			_, err := w.setPassword(w.link("bob", purpose))
			expectDead(t, "SetPassword", err)
		}
	})
	inBubble(t, "and one for another purpose leaves them alone", func(t *testing.T, w *world) {
		token := w.link("bob", reset)
		w.link("bob", verify)
		_, err := w.setPassword(token)
		expect(t, err, codes.OK)
	})
}

// Of many who use one link at a time one gets through.
func TestParallelUses(t *testing.T) {
	inBubble(t, "of one link", func(t *testing.T, w *world) {
		token := w.link("bob", verify)
		results := make(chan error, 8)
		for range cap(results) {
			go func() {
				_, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: token})
				results <- err
			}()
		}
		synctest.Wait()
		won := 0
		for range cap(results) {
			if err := <-results; err == nil {
				won++
			} else {
				expectDead(t, "VerifyEmail", err)
			}
		}
		if won != 1 {
			t.Errorf("%d got through, want 1", won)
		}
	})
}

func TestVerifyEmail(t *testing.T) {
	inBubble(t, "verifies the address", func(t *testing.T, w *world) {
		w.edit("bob", func(u *storev1.User) { u.EmailVerified = false })
		got, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: w.link("bob", verify)})
		expect(t, err, codes.OK)
		if got.GetRedirectUrl() != "https://app.example.com/done" || !w.user("bob").GetEmailVerified() {
			t.Errorf("got %v, and the address verified: %v", got, w.user("bob").GetEmailVerified())
		}
		w.expectChange("bob", `{"emailVerified":false}`, `{"emailVerified":true}`)
		if done := w.events("bob", "user.verify_email"); len(done) != 1 || done[0].GetActor() != "bob" {
			t.Errorf("got records %v, want one by bob", done)
		}
	})
	inBubble(t, "moves the owner to the address that was to be confirmed", func(t *testing.T, w *world) {
		w.edit("ann", func(u *storev1.User) { u.PendingEmail = "Ann@new.example.com" })
		old := w.contabo(acme, "ann")
		resetToken := w.link("ann", reset)
		w.order("ann", verify, "Ann@new.example.com", "")
		token := w.tokenIn(w.lastMail("Ann@new.example.com"))
		_, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: token})
		expect(t, err, codes.OK)
		u := w.user("ann")
		if u.GetEmail() != "Ann@new.example.com" || u.GetUsername() != "ann@new.example.com" || u.GetPendingEmail() != "" || !u.GetEmailVerified() {
			t.Errorf("got %v", u)
		}
		w.expectChange("ann", `{"email":"ann@example.com","pendingEmail":"Ann@new.example.com"}`, `{"email":"Ann@new.example.com"}`)
		w.expectDead(resetToken)
		w.expectDead(token)
		w.expectOut(old)
		if m := w.lastMail("ann@example.com"); m.Subject != "The e-mail address of your account at acme was changed" {
			t.Errorf("the old address got %q", m.Subject)
		}
	})
	inBubble(t, "of an address that another user has is refused and can be tried again", func(t *testing.T, w *world) {
		w.edit("ann", func(u *storev1.User) { u.PendingEmail = "bob@example.com" })
		w.order("ann", verify, "bob@example.com", "")
		token := w.tokenIn(w.lastMail("bob@example.com"))
		for range 2 {
			_, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: token})
			expect(t, err, codes.AlreadyExists)
		}
		if got := w.user("ann").GetEmail(); got != "ann@example.com" {
			t.Errorf("the owner's address is %s", got)
		}
	})
	inBubble(t, "of an address that is no longer wanted is refused", func(t *testing.T, w *world) {
		w.edit("ann", func(u *storev1.User) { u.PendingEmail = "first@example.com" })
		w.order("ann", verify, "first@example.com", "")
		token := w.tokenIn(w.lastMail("first@example.com"))
		w.edit("ann", func(u *storev1.User) { u.PendingEmail = "second@example.com" })
		w.expectDead(token)
	})
}

// expectChange checks the newest entry of a user's audits.
func (w *world) expectChange(user, before, after string) {
	w.t.Helper()
	_, _, changes, err := w.service.Kept(w.t.Context(), acme, user)
	if err != nil {
		w.t.Fatal(err)
	}
	c := changes[len(changes)-1]
	if c.GetObject() != user || c.GetActor() != user || c.GetAction() != "UPDATED" || c.GetBefore() != before || c.GetAfter() != after {
		w.t.Errorf("got %v, want one of %s from %s to %s", c, user, before, after)
	}
}
