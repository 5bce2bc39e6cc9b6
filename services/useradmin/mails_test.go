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
	"github.com/holdplane/holdplane/pkg/mail"
)

var errNoServer = errors.New("the mail server is out of reach")

func TestMailsOfLinks(t *testing.T) {
	for purpose, want := range map[useradminv1.LinkPurpose]struct{ english, german, page, life string }{
		activate: {"Choose a password for your account at acme", "Wählen Sie ein Passwort für Ihr Konto bei acme", "set-password", "24"},
		reset:    {"Set a new password for your account at acme", "Setzen Sie ein neues Passwort für Ihr Konto bei acme", "set-password", "one hour"},
		verify:   {"Confirm your e-mail address for acme", "Bestätigen Sie Ihre E-Mail-Adresse für acme", "verify-email", "24"},
		enrol:    {"Set up the second factor of your account at acme", "Richten Sie den zweiten Faktor Ihres Kontos bei acme ein", "second-factor", "24"},
	} {
		inBubble(t, purpose.String(), func(t *testing.T, w *world) {
			for locale, subject := range map[string]string{"en": want.english, "en-US": want.english, "de": want.german, "de-DE": want.german} {
				w.edit("bob", func(u *storev1.User) { u.Totp, u.Locale = true, locale })
				token := w.link("bob", purpose)
				m := w.lastMail("bob@example.com")
				link := "https://plane.example.com/pages/" + want.page + "?token=" + token
				if m.Subject != subject || !strings.Contains(m.Text, "\n"+link+"\n") || !strings.Contains(m.HTML, `<a href="`+link+`"`) {
					t.Errorf("in %s: got %+v", locale, m)
				}
				if strings.HasPrefix(locale, "en") && !strings.Contains(m.Text, want.life) || !strings.Contains(m.HTML, `lang="`+locale[:2]+`"`) {
					t.Errorf("in %s: got %+v", locale, m)
				}
				if strings.Contains(m.HTML, "<img") || strings.Count(m.HTML, "://") != 2 {
					t.Errorf("the mail leads elsewhere: %s", m.HTML)
				}
			}
			sent := w.events("bob", "mail.send")
			if len(sent) != 4 || strings.Contains(fmt.Sprint(sent), "example.com") {
				t.Errorf("got records %v, want four without the address", sent)
			}
		})
	}
}

// A tenant's name is text, whatever stands in it.
func TestNamesInMails(t *testing.T) {
	inBubble(t, "break out of nothing", func(t *testing.T, w *world) {
		_, err := w.operator.CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{
			Tenant: rival, Name: "Evil\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>\u202e{{.Link}}" + strings.Repeat("x", 50),
		})
		expect(t, err, codes.OK)
		w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "eve", FirstName: "Visit https://evil.example.com", Locale: "en"})
		if err := w.service.Order(t.Context(), rival, "eve", activate, "eve@example.com", ""); err != nil {
			t.Fatal(err)
		}
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

func TestVoidOrders(t *testing.T) {
	for name, order := range map[string]func(w *world){
		"of a user who is gone":       func(w *world) { w.order("nobody", reset, "nobody@example.com", "") },
		"of a disabled user":          func(w *world) { w.order("bob", reset, "bob@example.com", "") },
		"to an address of nobody":     func(w *world) { w.order("ann", reset, "else@example.com", "") },
		"to none":                     func(w *world) { w.order("ann", verify, "", "") },
		"of no purpose":               func(w *world) { w.order("ann", 0, "ann@example.com", "") },
		"for the address to be taken": func(w *world) { w.order("ann", reset, "new@example.com", "") },
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.edit("bob", func(u *storev1.User) { u.Enabled = false })
			w.edit("ann", func(u *storev1.User) { u.PendingEmail = "new@example.com" })
			order(w)
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			if n := w.mails.tried(); n != 0 {
				t.Errorf("%d mails were sent, want none", n)
			}
		})
	}
}

func TestMailServerTrouble(t *testing.T) {
	inBubble(t, "that passes delays the mail, whose link works", func(t *testing.T, w *world) {
		first := w.link("bob", reset)
		w.mails.failWith(errNoServer)
		w.order("bob", reset, "bob@example.com", "")
		time.Sleep(10 * time.Minute)
		w.mails.failWith(nil)
		time.Sleep(2 * time.Minute)
		last := w.tokenIn(w.lastMail("bob@example.com"))
		w.expectDead(first)
		_, err := w.setPassword(last)
		expect(t, err, codes.OK)
	})
	inBubble(t, "that does not pass has the mail given up after a day", func(t *testing.T, w *world) {
		w.mails.failWith(errNoServer)
		w.order("bob", reset, "bob@example.com", "")
		time.Sleep(23 * time.Hour)
		before := w.mails.tried()
		time.Sleep(59 * time.Minute)
		if w.mails.tried() == before || len(w.events("bob", "mail.give_up")) != 0 {
			t.Error("the mail was given up before a day had passed")
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		before = w.mails.tried()
		time.Sleep(time.Hour)
		if n := len(w.events("bob", "mail.give_up")); n != 1 || w.mails.tried() != before {
			t.Errorf("%d records that the mail was given up, and %d tries after that", n, w.mails.tried()-before)
		}
	})
	inBubble(t, "with this mail has it given up at once", func(t *testing.T, w *world) {
		w.mails.failWith(fmt.Errorf("550: %w", mail.ErrRefused))
		w.order("bob", reset, "bob@example.com", "")
		time.Sleep(time.Hour)
		synctest.Wait()
		refused := w.events("bob", "mail.refused")
		if len(refused) != 1 || w.mails.tried() != 1 || strings.Contains(fmt.Sprint(refused), "example.com") {
			t.Errorf("%d tries, and the records %v", w.mails.tried(), refused)
		}
	})
}

// Where no mail can be sent, what is told by mail alone stays untold, and works.
func TestNoticesNeedNoMail(t *testing.T) {
	inBubble(t, "a password is set all the same", func(t *testing.T, w *world) {
		token := w.link("bob", reset)
		w.mails.failWith(errNoServer)
		_, err := w.setPassword(token)
		expect(t, err, codes.OK)
		w.expectPassword("bob", newPassword)
	})
}
