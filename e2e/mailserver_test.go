package e2e_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
)

// mailServer takes all mails and remembers them.
type mailServer struct {
	url   string // as --smtp-url has it
	mu    sync.Mutex
	mails map[string][]string // by recipient
}

func startMailServer(t *testing.T) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{url: "smtp://" + l.Addr().String() + "?tls=off&from=holdplane@example.com", mails: map[string][]string{}}
	s := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &mailSession{server: m}, nil }))
	s.Domain = "localhost"
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := s.Serve(l); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		_ = s.Close() // what is left of connections
		serving.Wait()
	})
	return m
}

// to returns the mails to an address.
func (m *mailServer) to(address string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mails[address]
}

// mailSession is one connection.
type mailSession struct {
	server     *mailServer
	recipients []string
}

func (s *mailSession) Mail(string, *gosmtp.MailOptions) error { return nil }

func (s *mailSession) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.recipients = append(s.recipients, to)
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	for _, to := range s.recipients {
		// Lines that were too long for a mail are whole again.
		s.server.mails[to] = append(s.server.mails[to], strings.ReplaceAll(string(text), "=\r\n", ""))
	}
	return nil
}

func (s *mailSession) Reset() { s.recipients = nil }

func (s *mailSession) Logout() error { return nil }
