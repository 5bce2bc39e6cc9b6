package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// maxAnswers is how many bytes a server may send over one connection. Answers and
// certificates take a few thousand.
const maxAnswers = 1 << 20

// deliver speaks SMTP by the library's commands. The library's client for whole mails
// would go on after ctx has ended, leave connections open after errors, report a mail as
// failed that the server took but for its farewell, and name the recipient in errors.
func (s *SMTP) deliver(ctx context.Context, to string, content []byte) error {
	raw, err := s.dial(ctx, "tcp", s.addr)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	shut := func() { _ = raw.Close() } // nothing is left to lose by then
	defer shut()
	defer context.AfterFunc(ctx, shut)()
	var conn net.Conn = &bounded{Conn: raw, in: io.LimitedReader{R: raw, N: maxAnswers}}
	if s.secured == implicit {
		conn = tls.Client(conn, s.tls)
	}
	c, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return fmt.Errorf("greeting: %w", said(err))
	}
	// A farewell without an answer does not undo what was delivered.
	defer func() { _ = c.Quit() }()
	for _, step := range []struct {
		name  string
		do    func() error
		final bool // a permanent error is one of this mail, not of how the server is set up
	}{
		{name: "EHLO", do: func() error { return c.Hello(s.hello) }},
		{name: "STARTTLS", do: func() error { return s.secure(c) }},
		{name: "AUTH", do: func() error { return s.authenticate(c) }},
		{name: "MAIL", do: func() error { return s.begin(c, to) }},
		{name: "RCPT", do: func() error { return c.Rcpt("<" + to + ">") }, final: true},
		{name: "DATA", do: func() error { return write(c, content) }, final: true},
	} {
		err := said(step.do())
		switch {
		case step.final && permanent(err):
			return fmt.Errorf("%s: %w: %w", step.name, ErrRefused, err)
		case err != nil:
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// secure goes over to TLS.
func (s *SMTP) secure(c *smtp.Client) error {
	if s.secured != startTLS {
		return nil
	}
	if ok, _ := c.Extension("STARTTLS"); !ok {
		return errors.New("the server does not offer it")
	}
	return c.StartTLS(s.tls)
}

func (s *SMTP) authenticate(c *smtp.Client) error {
	if s.login == nil {
		return nil
	}
	_, mechanisms := c.Extension("AUTH")
	login, err := s.login(mechanisms)
	if err != nil {
		return err
	}
	return c.Auth(login)
}

// login chooses what every submission server has. Both send the password as it is, under
// TLS or to this machine.
func (s *server) login(mechanisms string) (smtp.Auth, error) {
	offered := strings.Fields(strings.ToUpper(mechanisms))
	switch {
	case slices.Contains(offered, "PLAIN"):
		return smtp.PlainAuth("", s.user, s.password, s.host, s.secured == off), nil
	case slices.Contains(offered, "LOGIN"):
		return smtp.LoginAuth(s.user, s.password, s.host, s.secured == off), nil
	}
	return nil, errors.New("the server offers neither PLAIN nor LOGIN")
}

// begin asks for SMTPUTF8 only where the recipient's address needs it: other mail would be
// kept from relays without it.
func (s *SMTP) begin(c *smtp.Client, to string) error {
	c.SkipSMTPUTF8(ascii(to))
	if known, _ := c.Extension("SMTPUTF8"); !known && !ascii(to) {
		return fmt.Errorf("%w: the server knows no addresses beyond ASCII", ErrRefused)
	}
	return c.Mail("<" + s.from.Address + ">")
}

func write(c *smtp.Client, content []byte) error {
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err // not closed: that would end a mail cut short as if it were whole
	}
	return w.Close()
}

func ascii(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) }

// bounded ends a connection from which too much has come: the library reads lines of any
// length.
type bounded struct {
	net.Conn
	in io.LimitedReader
}

// Read implements net.Conn.
func (b *bounded) Read(p []byte) (int, error) { return b.in.Read(p) }
