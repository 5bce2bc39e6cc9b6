package mail

import (
	"bytes"
	netmail "net/mail"

	gomail "github.com/wneessen/go-mail"
)

// compose writes a mail as it goes over the wire: headers in ASCII and two bodies in
// quoted-printable. The library adds Date and Message-ID.
func (s *SMTP) compose(m Message) ([]byte, error) {
	c := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	c.FromMailAddress(s.from)
	c.ToMailAddress(&netmail.Address{Address: m.To})
	c.Subject(m.Subject)
	// Out-of-office programs answer nothing that says so; RFC 3834, section 5.
	c.SetGenHeader("Auto-Submitted", "auto-generated")
	c.SetBodyString(gomail.TypeTextPlain, m.Text)
	c.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	return b.Bytes(), err
}
