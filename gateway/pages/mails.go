package pages

import (
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/holdplane/holdplane/pkg/mail"
)

const cookieName = "holdplane_mails"

// errClosed refuses who has neither the key nor the session.
var errClosed = errors.New("the mailbox is locked")

// shownMail is a mail as the page has it.
type shownMail struct {
	Subject, To string
	At          time.Time
	Text        []run
}

// run is a piece of a mail's text. Href is what it leads to; empty for nowhere.
type run struct{ Text, Href string }

// showMails shows the mails to their reader, and to whoever comes with the key how to
// become it.
func (s *site) showMails(v *visit) error {
	if c, err := v.r.Cookie(cookieName); err == nil && s.Mails.reads(c.Value) {
		return v.show(http.StatusOK, "mails", v.words().Mails.Title, shown(s.Mails.box.List()))
	}
	key := v.r.URL.Query().Get("key")
	if !s.Mails.fits(key) {
		return errClosed
	}
	return v.show(http.StatusOK, "mailslocked", v.words().MailsLocked.Title, struct{ Key string }{key})
}

// openMails spends the key.
func (s *site) openMails(v *visit) error {
	session, ok := s.Mails.open(v.r.PostForm.Get("key"))
	if !ok {
		return errClosed
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: cookieName, Value: session, Path: s.base + mailsPath,
		Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(v.w, v.r, s.base+mailsPath, http.StatusSeeOther)
	return nil
}

func shown(kept []mail.Kept) []shownMail {
	var all []shownMail
	for _, m := range kept {
		all = append(all, shownMail{Subject: m.Subject, To: m.To, At: m.At, Text: runs(m.Text)})
	}
	return all
}

// address finds what looks like an address on the web, without the punctuation behind it.
var address = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)\]']`)

// runs makes links of the addresses in a text.
func runs(text string) []run {
	var all []run
	end := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		if _, ok := web(found); ok {
			all = append(all, run{Text: text[end:at[0]]}, run{Text: found, Href: found})
			end = at[1]
		}
	}
	return append(all, run{Text: text[end:]})
}
