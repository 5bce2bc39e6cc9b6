package mail_test

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
)

// TestNoTLS shows that without trust in the server it is told nothing: no password and no
// address.
func TestNoTLS(t *testing.T) {
	here, roots := certificate(t, "127.0.0.1")
	elsewhere, otherRoots := certificate(t, "mail.example.com")
	old := here.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	for name, c := range map[string]struct {
		scheme string
		roots  *x509.CertPool
		change func(*server)
		says   string
	}{
		"no STARTTLS":           {"smtp://", roots, func(*server) {}, "STARTTLS: the server does not offer it"},
		"a stranger":            {"smtp://", nil, func(s *server) { s.TLSConfig = here }, "STARTTLS: tls: failed to verify"},
		"another's certificate": {"smtp://", otherRoots, func(s *server) { s.TLSConfig = elsewhere }, "STARTTLS: tls: failed to verify"},
		"TLS 1.1":               {"smtp://", roots, func(s *server) { s.TLSConfig = old }, "STARTTLS: remote error"},
		"a stranger, TLS from the start": {
			"smtps://", nil, func(s *server) { s.TLSConfig, s.implicit = here, true }, "greeting: tls: failed to verify",
		},
		"another's certificate, TLS from the start": {
			"smtps://", otherRoots, func(s *server) { s.TLSConfig, s.implicit = elsewhere, true }, "greeting: tls: failed to verify",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(s *server) {
				s.AllowInsecureAuth = true // an impostor would offer it
				c.change(s)
			})
			err := open(t, c.scheme+login+s.addr+from, c.roots).Send(t.Context(), message)
			if err == nil || refused(err) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
			if commands, _ := s.seen(); len(commands) > 0 {
				t.Errorf("the server was told %s", commands)
			}
		})
	}
}
