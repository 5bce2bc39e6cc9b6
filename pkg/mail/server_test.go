package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"github.com/holdplane/holdplane/pkg/mail"
)

// server is a mail server on a loopback address that keeps what it is sent.
type server struct {
	*gosmtp.Server
	addr     string
	implicit bool
	// answer decides on a command, MAIL, RCPT or DATA, and may be nil.
	answer func(command string) error

	mu       sync.Mutex
	commands []string // those of sessions: AUTH, MAIL, RCPT, DATA
	mails    []delivered
}

// delivered is a mail as the server has it.
type delivered struct {
	Client, User, From, To, Content string
	TLS, UTF8                       bool
}

// serve starts a server, set up as change says. When the test is over, all of its
// connections must be, too.
func serve(t *testing.T, change func(*server)) *server {
	t.Helper()
	s := &server{}
	s.Server = gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) {
		_, secure := c.TLSConnectionState()
		return &session{server: s, mail: delivered{Client: c.Hostname(), TLS: secure}}, nil
	}))
	s.Domain, s.ErrorLog = "mail.test", log.New(io.Discard, "", 0)
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	if s.implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Serve(l); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("a connection is still open: %v", err)
		}
		_ = l.Close() // Shutdown knows of no listener if Serve has not begun
		running.Wait()
	})
	return s
}

// seen returns what sessions were told, and the mails among it.
func (s *server) seen() ([]string, []delivered) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands, s.mails
}

type session struct {
	server *server
	mail   delivered
}

var _ gosmtp.AuthSession = (*session)(nil)

func (s *session) heard(command string) error {
	s.server.mu.Lock()
	s.server.commands = append(s.server.commands, command)
	s.server.mu.Unlock()
	if s.server.answer == nil {
		return nil
	}
	return s.server.answer(command)
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	if err := s.heard("AUTH"); err != nil {
		return nil, err
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != secret {
			// Some servers repeat what they were sent.
			return &gosmtp.SMTPError{Code: 535, EnhancedCode: gosmtp.EnhancedCode{5, 7, 8}, Message: "not " + password}
		}
		s.mail.User = user
		return nil
	}), nil
}

func (s *session) Mail(from string, o *gosmtp.MailOptions) error {
	s.mail.From, s.mail.UTF8 = from, o.UTF8
	return s.heard("MAIL")
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.mail.To = to
	return s.heard("RCPT")
}

func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.heard("DATA"); err != nil {
		return err
	}
	s.mail.Content = string(content)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// certificate makes one for a name or address that has signed itself, and the pool that
// trusts it.
func certificate(t *testing.T, name string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

// open returns a sender by a URL.
func open(t *testing.T, url string, roots *x509.CertPool) *mail.SMTP {
	t.Helper()
	s, err := mail.Open(mail.Options{URL: url, RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
