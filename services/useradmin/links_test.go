package useradmin_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestLooking(t *testing.T) {
	inBubble(t, "at a link spends nothing, however often", func(t *testing.T, w linkWorld) {
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
	users := func(w linkWorld) (useradminv1.UserServiceClient, context.Context) {
		return useradminv1.NewUserServiceClient(w.door.public), w.contabo(acme, "ann")
	}
	update := func(w linkWorld, r *useradminv1.UpdateUserRequest) error {
		c, ctx := users(w)
		r.UserId = "bob"
		_, err := c.UpdateUser(ctx, r)
		return err
	}
	for name, kill := range map[string]func(w linkWorld, token string) error{
		"used":            func(w linkWorld, token string) error { _, err := w.setPassword(token); return err },
		"expired":         func(linkWorld, string) error { time.Sleep(time.Hour); return nil },
		"by a newer link": func(w linkWorld, _ string) error { w.link("bob", reset); return nil },
		"user deleted": func(w linkWorld, _ string) error {
			c, ctx := users(w)
			_, err := c.DeleteUser(ctx, &useradminv1.DeleteUserRequest{UserId: "bob"})
			return err
		},
		"user disabled": func(w linkWorld, _ string) error {
			return update(w, &useradminv1.UpdateUserRequest{Enabled: new(false)})
		},
		"address changed": func(w linkWorld, _ string) error {
			return update(w, &useradminv1.UpdateUserRequest{Email: new("new@example.com")})
		},
		"address changed and back": func(w linkWorld, _ string) error {
			err := update(w, &useradminv1.UpdateUserRequest{Email: new("new@example.com")})
			return errors.Join(err, update(w, &useradminv1.UpdateUserRequest{Email: new("bob@example.com")}))
		},
		"password changed": func(w linkWorld, _ string) error {
			_, err := w.operator.ChangePassword(w.t.Context(), &useradminv1.ChangePasswordRequest{Tenant: acme, User: "bob", Password: newPassword})
			return err
		},
		"tenant deleted": func(w linkWorld, _ string) error { return w.erase(acme) },
	} {
		inBubble(t, name, func(t *testing.T, w linkWorld) {
			token := w.link("bob", reset)
			if err := kill(w, token); err != nil {
				t.Fatal(err)
			}
			w.expectDead(token)
		})
	}
	inBubble(t, "made up", func(t *testing.T, w linkWorld) {
		token := w.link("bob", reset)
		for _, token := range []string{"", token + " ", token[1:], strings.ToUpper(token), strings.Repeat("x", 256)} {
			w.expectDead(token)
		}
	})
}

func TestLinksWorkUntilTheyEnd(t *testing.T) {
	inBubble(t, "an hour or a day", func(t *testing.T, w linkWorld) {
		began := time.Now()
		welcome, verifying, enrolling := w.welcome("kim"), w.link("bob", verify), w.link("bob", enrol)
		resetting := w.link("bob", reset)
		w.rest()
		until := func(life time.Duration, tokens ...string) {
			time.Sleep(time.Until(began.Add(life - time.Millisecond)))
			for _, token := range tokens {
				_, err := w.links().GetLink(t.Context(), &useradminv1.GetLinkRequest{Token: token})
				expect(t, err, codes.OK)
			}
			time.Sleep(time.Millisecond)
			for _, token := range tokens {
				w.expectDead(token)
			}
		}
		until(time.Hour, resetting)
		until(24*time.Hour, welcome, verifying, enrolling)
	})
}

func TestLinksAreForOnePurpose(t *testing.T) {
	inBubble(t, "to set a password", func(t *testing.T, w linkWorld) {
		for _, token := range []string{w.welcome("kim"), w.link("bob", reset)} {
			_, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: token})
			expectDead(t, "VerifyEmail", err)
			_, err = w.links().StartEnrolment(t.Context(), &useradminv1.StartEnrolmentRequest{Token: token})
			expectDead(t, "StartEnrolment", err)
		}
	})
	inBubble(t, "to verify an address or to enrol", func(t *testing.T, w linkWorld) {
		for _, purpose := range []useradminv1.LinkPurpose{verify, enrol} {
			_, err := w.setPassword(w.link("bob", purpose))
			expectDead(t, "SetPassword", err)
		}
	})
	inBubble(t, "and one for another purpose leaves them alone", func(t *testing.T, w linkWorld) {
		token := w.link("bob", reset)
		w.link("bob", verify)
		_, err := w.setPassword(token)
		expect(t, err, codes.OK)
	})
}

// Of many who use one link at a time one gets through.
func TestParallelUses(t *testing.T) {
	inBubble(t, "of one link", func(t *testing.T, w linkWorld) {
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
	inBubble(t, "verifies the address", func(t *testing.T, w linkWorld) {
		got, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: w.link("bob", verify)})
		expect(t, err, codes.OK)
		if got.GetRedirectUrl() != doneURL || !w.user("bob").GetEmailVerified() {
			t.Errorf("got %v, and the address verified: %v", got, w.user("bob").GetEmailVerified())
		}
		w.expectChange("bob", `{"prev":{"emailVerified":false},"new":{"emailVerified":true}}`)
		if done := w.events("bob", "user.verify_email"); len(done) != 1 || done[0].GetActor() != "bob" {
			t.Errorf("got records %v, want one by bob", done)
		}
	})
	inBubble(t, "moves the owner to the address that was to be confirmed", func(t *testing.T, w linkWorld) {
		session, resetting := w.contabo(acme, "ann"), w.link("ann", reset)
		token := w.readdress("Ann@new.example.com")
		_, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: token})
		expect(t, err, codes.OK)
		u := w.user("ann")
		if u.GetEmail() != "Ann@new.example.com" || u.GetUsername() != "ann@new.example.com" || u.GetPendingEmail() != "" || !u.GetEmailVerified() {
			t.Errorf("got %v", u)
		}
		w.expectChange("ann", `{"prev":{"email":"ann@example.com","pendingEmail":"Ann@new.example.com"},"new":{"email":"Ann@new.example.com"}}`)
		w.expectDead(resetting)
		w.expectDead(token)
		w.expectOut(session)
		if m := w.lastMail("ann@example.com"); m.Subject != "The e-mail address of your account at Acme was changed" {
			t.Errorf("the old address got %q", m.Subject)
		}
	})
	inBubble(t, "of an address that another user has is refused and can be tried again", func(t *testing.T, w linkWorld) {
		token := w.readdress("bob@example.com")
		for range 2 {
			_, err := w.links().VerifyEmail(t.Context(), &useradminv1.VerifyEmailRequest{Token: token})
			expect(t, err, codes.AlreadyExists)
		}
		if got := w.user("ann").GetEmail(); got != "ann@example.com" {
			t.Errorf("the owner's address is %s", got)
		}
	})
	inBubble(t, "of an address that is no longer wanted is refused", func(t *testing.T, w linkWorld) {
		token := w.readdress("first@example.com")
		w.readdress("second@example.com")
		w.expectDead(token)
	})
}

// expectChange checks the newest of the user's audits.
func (w linkWorld) expectChange(user, changes string) {
	w.t.Helper()
	got, err := useradminv1.NewHistoryServiceClient(w.door.public).ListUserAudits(w.contabo(acme, "ann"), &useradminv1.ListUserAuditsRequest{UserId: user})
	if err != nil {
		w.t.Fatal(err)
	}
	c := got.GetAudits()[0]
	if c.GetChangedBy() != user || c.GetAction() != "UPDATED" || c.GetChanges() != changes {
		w.t.Errorf("got %v, want %s", c, changes)
	}
}
