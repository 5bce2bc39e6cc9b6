package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// limit is how long one mail may take.
const limit = 30 * time.Second

// Options are the settings of an SMTP.
type Options struct {
	// URL is smtp://user:password@host:587?from=Name%20%3Cname@example.com%3E, where TLS
	// begins by STARTTLS or nothing is sent, or smtps://…:465, where it begins at once.
	// 587 and 465 are the ports if none is given. Without user and password there is no
	// login. smtp://…?tls=off, port 25, is for a relay on this machine: without TLS, user
	// and password included, so only at localhost or a loopback address.
	URL string
	// RootCAs may sign the server's certificate. nil means those of the system.
	RootCAs *x509.CertPool
}

// SMTP is a Sender that hands mails to a server, each by a connection of its own.
type SMTP struct {
	host, addr string
	hello      string // the name of this machine
	from       *netmail.Address
	secured    security
	tls        *tls.Config
	// login is nil if there is none to do. It is a function so that no way to print an
	// SMTP prints the password.
	login func(mechanisms string) (smtp.Auth, error)
	dial  func(ctx context.Context, network, addr string) (net.Conn, error)
}

var _ Sender = (*SMTP)(nil)

// Open returns a Sender by the server that the options name. It connects to nothing: what
// is wrong with server, certificate or password shows when a mail is sent. Errors are
// ErrURL and ErrPlaintext.
func Open(o Options) (*SMTP, error) {
	at, err := parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	name, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("mail: name of this machine: %w", err)
	}
	s := &SMTP{
		host: at.host, addr: at.addr(), hello: name, from: at.from, secured: at.secured,
		tls:  &tls.Config{ServerName: at.host, RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		dial: new(net.Dialer).DialContext,
	}
	if at.user != "" {
		s.login = at.login
	}
	return s, nil
}

// Send hands a mail to the server, within 30 seconds. The error is an ErrRefused if the
// message is wrong or the server refuses it for good, and the context's if that ended. No
// error means that the server has taken the mail on itself.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	content, err := s.compose(m)
	if err != nil {
		return fmt.Errorf("mail: compose: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err = s.deliver(ctx, m.To, content)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !errors.Is(err, ErrRefused):
		// What the closed connection said adds where it was.
		return fmt.Errorf("mail: %s: %w: %w", s.addr, ctx.Err(), err)
	}
	return fmt.Errorf("mail: %s: %w", s.addr, err)
}
