package e2e_test

import (
	"strings"
	"testing"
)

// peopleSDKs log in.
var peopleSDKs = []sdk{
	{name: "contabo", language: "python", statuses: []int{200, 201, 204, 400, 401, 403, 404, 409}},
	{name: "keystone", language: "python", statuses: []int{200, 201, 204, 400, 401, 403, 404, 409}},
}

// TestPeople runs the clients of what people log in to.
func TestPeople(t *testing.T) {
	eachFormOf(t, newPeopled, func(t *testing.T, s server) {
		s.runAll(t, peopleSDKs)
		t.Run("seed003", s.of(t, "seed003").seed003)
		if s.mails == nil {
			return
		}
		t.Run("mails", func(t *testing.T) {
			s.wantMail(t, "Zoe@example.com", "Passwort", "/pages/set-password?token=")
			s.wantMail(t, s.tenants["contabo"].owner.email, "password", "/pages/set-password?token=")
		})
	})
}

// wantMail wants a mail to an address that has a word, and a link to a page of the server's.
func (s server) wantMail(t *testing.T, to, word, page string) {
	t.Helper()
	eventually(t, "a mail to "+to, func() bool { return len(s.mails.to(to)) > 0 })
	for _, text := range s.mails.to(to) {
		if !strings.Contains(text, word) || !strings.Contains(text, s.baseURL+page) {
			t.Errorf("the mail to %s has no %q or no link:\n%s", to, word, text)
		}
	}
}
