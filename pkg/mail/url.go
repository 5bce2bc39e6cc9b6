package mail

import (
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
)

var (
	// ErrURL is in the error of Open for a URL it can't use. It repeats nothing of the URL,
	// of which any part may be one of a password that was not escaped.
	ErrURL = errors.New("the mail server's URL is not like smtp://user:password@host:587?from=Name%20%3Cname@example.com%3E")
	// ErrPlaintext is in the error of Open for a server elsewhere that is to be talked to
	// without TLS.
	ErrPlaintext = errors.New("tls=off is for a mail server on this machine, by a loopback address")
)

// server is what a URL says.
type server struct {
	host, port     string
	user, password string
	from           *netmail.Address
	secured        security
}

// security is when TLS begins.
type security int

const (
	startTLS security = iota // before anything is said, by STARTTLS
	implicit                 // with the connection
	off
)

func parse(text string) (server, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return server{}, ErrURL
	}
	s := server{host: u.Hostname(), port: u.Port()}
	if err := s.parameters(u); err != nil {
		return server{}, err
	}
	if u.User != nil {
		s.user = u.User.Username()
		if s.password, _ = u.User.Password(); s.user == "" || s.password == "" {
			return server{}, fmt.Errorf("%w: a user has a name and a password", ErrURL)
		}
	}
	return s, s.protect(u.Scheme)
}

// parameters reads from and tls, and refuses others.
func (s *server) parameters(u *url.URL) error {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return ErrURL
	}
	for name, values := range q {
		if name != "from" && name != "tls" || len(values) != 1 {
			return fmt.Errorf("%w: its parameters are from and tls, once each", ErrURL)
		}
	}
	if s.from, err = netmail.ParseAddress(q.Get("from")); err != nil || !ascii(s.from.Address) {
		return fmt.Errorf("%w: from is missing or is no address", ErrURL)
	}
	if q.Has("tls") {
		if s.secured = off; q.Get("tls") != "off" {
			return fmt.Errorf("%w: tls is off or not given", ErrURL)
		}
	}
	return nil
}

// protect decides on TLS and the port.
func (s *server) protect(scheme string) error {
	port := "587"
	switch {
	case scheme == "smtps" && s.secured != off:
		s.secured, port = implicit, "465"
	case scheme != "smtp":
		return fmt.Errorf("%w: it begins with smtp://, or with smtps:// and has no tls=off", ErrURL)
	case s.secured == off && !loopback(s.host):
		return ErrPlaintext
	case s.secured == off:
		port = "25"
	}
	if s.port == "" {
		s.port = port
	}
	if n, err := strconv.ParseUint(s.port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%w: its port is none", ErrURL)
	}
	return nil
}

func (s *server) addr() string { return net.JoinHostPort(s.host, s.port) }

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
