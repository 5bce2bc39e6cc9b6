package useradmin_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/services/useradmin"
)

var errNoServer = errors.New("the mail server is out of reach")

func TestMailsOfLinks(t *testing.T) {
	for purpose, want := range map[useradminv1.LinkPurpose]struct{ english, german, page, life string }{
		activate: {"Choose a password for your account at Acme", "Wählen Sie ein Passwort für Ihr Konto bei Acme", "set-password", "24 hours"},
		reset:    {"Set a new password for your account at Acme", "Setzen Sie ein neues Passwort für Ihr Konto bei Acme", "set-password", "one hour"},
		verify:   {"Confirm your e-mail address for Acme", "Bestätigen Sie Ihre E-Mail-Adresse für Acme", "verify-email", "24 hours"},
		enrol:    {"Set up the second factor of your account at Acme", "Richten Sie den zweiten Faktor Ihres Kontos bei Acme ein", "second-factor", "24 hours"},
	} {
		inBubble(t, purpose.String(), func(t *testing.T, w linkWorld) {
			for locale, subject := range map[string]string{"en": want.english, "en-US": want.english, "de": want.german, "de-DE": want.german} {
				id := "kim-" + locale
				w.add(&useradminv1.AddUserRequest{Id: id, Locale: locale})
				synctest.Wait() // for the first mail
				if purpose != activate {
					w.edit(id, func(u *storev1.User) { u.PasswordHash = "set" })
					w.order(id, purpose)
				}
				m := w.lastMail(id + "@example.com")
				link := "https://plane.example.com/pages/" + want.page + "?token=" + w.tokenIn(m)
				if m.Subject != subject || !strings.Contains(m.Text, "\n"+link+"\n") || !strings.Contains(m.HTML, `<a href="`+link+`"`) {
					t.Errorf("in %s: got %+v", locale, m)
				}
				if strings.HasPrefix(locale, "en") && !strings.Contains(m.Text, want.life) || !strings.Contains(m.HTML, `lang="`+locale[:2]+`"`) {
					t.Errorf("in %s: got %+v", locale, m)
				}
				if strings.Contains(m.HTML, "<img") || strings.Count(m.HTML, "://") != 2 {
					t.Errorf("the mail leads elsewhere: %s", m.HTML)
				}
				if sent := w.events(id, "mail.send"); len(sent) == 0 || strings.Contains(fmt.Sprint(sent), "@example.com") {
					t.Errorf("got records %v, want some without the address", sent)
				}
			}
		})
	}
}

// A tenant's name is text, whatever stands in it, and users' names are not mailed at all.
func TestNamesInMails(t *testing.T) {
	inBubble(t, "break out of nothing", func(t *testing.T, w linkWorld) {
		_, err := w.operator.CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{
			Tenant: rival, Name: "Evil\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>\u202e{{.Link}}" + strings.Repeat("x", 50),
		})
		expect(t, err, codes.OK)
		w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "eve", FirstName: "Visit evil.example.com", Locale: "en"})
		m := w.lastMail("eve@example.com")
		if strings.ContainsFunc(m.Subject, func(c rune) bool { return c < ' ' || c == '\u202e' }) || strings.Contains(m.Text, "\nBcc") {
			t.Errorf("got %q and %q", m.Subject, m.Text)
		}
		if strings.Contains(m.HTML, "<script") || !strings.Contains(m.HTML, "&lt;script&gt;alert(1)&lt;/script&gt;") || !strings.Contains(m.HTML, "{{.Link}}") {
			t.Errorf("got %s", m.HTML)
		}
		if strings.Contains(m.Text+m.HTML, "evil.example.com") {
			t.Error("a user's name is in the mail")
		}
	})
}

// What became void while the mail server was out of reach is not mailed when it is back.
func TestVoidOrders(t *testing.T) {
	for name, void := range map[string]func(w linkWorld) error{
		"the user is gone": func(w linkWorld) error {
			users := useradminv1.NewUserServiceClient(w.door.public)
			_, err := users.DeleteUser(w.contabo(acme, "ann"), &useradminv1.DeleteUserRequest{UserId: "bob"})
			return err
		},
		"the user is disabled": func(w linkWorld) error { w.edit("bob", func(u *storev1.User) { u.Enabled = false }); return nil },
		"the address is another": func(w linkWorld) error {
			w.edit("bob", func(u *storev1.User) { u.Email = "b@example.com" })
			return nil
		},
		"no second factor is asked for": func(w linkWorld) error { w.edit("bob", func(u *storev1.User) { u.Totp = false }); return nil },
	} {
		inBubble(t, name, func(t *testing.T, w linkWorld) {
			w.mails.failWith(errNoServer)
			w.order("bob", enrol)
			if err := void(w); err != nil {
				t.Fatal(err)
			}
			w.mails.failWith(nil)
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			if got := w.mails.List(); len(got) != 0 {
				t.Errorf("%q was mailed", got[0].Subject)
			}
		})
	}
}

func TestMailServerTrouble(t *testing.T) {
	inBubble(t, "that passes delays the mail, whose link works", func(t *testing.T, w linkWorld) {
		first := w.link("bob", reset)
		w.mails.failWith(errNoServer)
		w.order("bob", reset)
		time.Sleep(10 * time.Minute)
		w.mails.failWith(nil)
		time.Sleep(2 * time.Minute)
		last := w.tokenIn(w.lastMail("bob@example.com"))
		w.expectDead(first)
		_, err := w.setPassword(last)
		expect(t, err, codes.OK)
	})
	inBubble(t, "that does not pass has the mail given up after a day", func(t *testing.T, w linkWorld) {
		w.mails.failWith(errNoServer)
		w.order("bob", reset)
		time.Sleep(24*time.Hour - time.Minute)
		if w.mails.tried() < 1000 || len(w.events("bob", "mail.give_up")) != 0 {
			t.Error("the mail was given up before a day had passed")
		}
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		before := w.mails.tried()
		time.Sleep(10 * time.Minute)
		if n := len(w.events("bob", "mail.give_up")); n != 1 || w.mails.tried() != before {
			t.Errorf("%d records that the mail was given up, and %d tries after that", n, w.mails.tried()-before)
		}
	})
	inBubble(t, "with this mail has it given up at once", func(t *testing.T, w linkWorld) {
		w.mails.failWith(fmt.Errorf("550: %w", mail.ErrRefused))
		w.order("bob", reset)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		refused := w.events("bob", "mail.refused")
		if len(refused) != 1 || w.mails.tried() != 1 || strings.Contains(fmt.Sprint(refused), "@example.com") {
			t.Errorf("%d tries, and the records %v", w.mails.tried(), refused)
		}
	})
}

// What ends sessions must not wait for mails: identity is told meanwhile.
func TestHangingMailServer(t *testing.T) {
	inBubble(t, "holds up nothing else", func(t *testing.T, w linkWorld) {
		w.mails.hang()
		for i := range 20 {
			w.add(&useradminv1.AddUserRequest{Id: fmt.Sprint("kim-", i)})
		}
		session := w.contabo(acme, "bob")
		down := &line{AccessServiceClient: w.access}
		down.down.Store(true)
		dying, _ := w.idleProcess(func(d *useradmin.Deps) { d.Access = down })
		if _, err := dying.ChangeUser(t.Context(), acme, "bob", func(u *storev1.User) { u.Enabled = false }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		w.expectOut(session)
	})
}

// Where no mail can be sent, calls that end in one are refused, and nothing else is.
func TestNoMail(t *testing.T) {
	for name, without := range map[string]func(*useradmin.Deps){
		"without a server":  func(d *useradmin.Deps) { d.Mail = nil },
		"without a gateway": func(d *useradmin.Deps) { d.PublicURL = "" },
	} {
		inBubble(t, name, func(t *testing.T, w linkWorld) {
			token := w.link("bob", reset)
			_, public := w.process(without)
			_, err := useradminv1.NewUserServiceClient(public).ResetPassword(w.contabo(acme, "ann"), &useradminv1.ResetPasswordRequest{UserId: "bob"})
			wantReason(t, err, "MAIL_UNAVAILABLE")
			if f := fault.From(err); !strings.Contains(f.Message, "--smtp-url") {
				t.Errorf("got %q", f.Message)
			}
			_, err = useradminv1.NewLinkServiceClient(public).SetPassword(t.Context(), &useradminv1.SetPasswordRequest{Token: token, Password: newPassword})
			expect(t, err, codes.OK)
			w.expectLogin("bob", newPassword, codes.OK)
		})
	}
}
