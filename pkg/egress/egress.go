// Package egress makes the HTTP calls that a tenant can steer: to token endpoints, to
// APIs that validate settings, to webhooks. It reaches public addresses over https and
// nothing of the network that it runs in.
//
// The URL is checked before anything is sent, each address again as it is dialled, and
// each redirect as if it were asked for. Answers are read whole and are limited in size
// and time. The environment's proxies are not used.
package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Limits of a call where Options say nothing else.
const (
	// DefaultTimeout is how long a call takes at most, with all its redirects.
	DefaultTimeout = 10 * time.Second
	// DefaultMaxBody is how many bytes an answer has at most, once it is unpacked.
	DefaultMaxBody = 1 << 20
)

const (
	maxHeader      = 64 << 10
	handshakeLimit = 5 * time.Second
	idleLimit      = 30 * time.Second
	idlePerHost    = 2
)

// Options say where a client may go. Every field may be left out.
type Options struct {
	// Allow are addresses that may be reached although they are not public, over http, on
	// every port and by short names too. Link-local, multicast and metadata addresses are
	// never reached, nor is Own.
	Allow []netip.Prefix
	// Own are this installation's listeners, which are never reached. The unspecified
	// address stands for all addresses of the machine.
	Own []netip.AddrPort
	// Resolver finds addresses; nil is net.DefaultResolver.
	Resolver Resolver
	// Dial connects to a checked address; nil is a net.Dialer that checks once more what it
	// connects to. Tests have one that sends nothing.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Roots are the authorities that servers' certificates come from; nil is the system's.
	Roots *x509.CertPool
	// Timeout is how long a call takes at most; 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxBody is how many bytes an answer has at most; 0 is DefaultMaxBody.
	MaxBody int64
}

// Resolver finds the addresses of a name; *net.Resolver is one. IsNotFound in a
// *net.DNSError says that there are none.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Client makes calls. Connections are kept for a short time and never shared with
// another Client: what one may reach is no way for another.
type Client struct {
	guard *guard
	http  *http.Client
	hop   *hop
}

// New returns a client. Close it when it is not needed any more.
func New(o Options) *Client {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	g := newGuard(o)
	h := &hop{guard: g, maxBody: o.MaxBody, secure: transport(g, o.Roots, true), plain: transport(g, o.Roots, false)}
	return &Client{guard: g, hop: h, http: &http.Client{
		Transport:     &journey{timeout: o.Timeout, client: &http.Client{Transport: h, CheckRedirect: redirect}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// transport makes connections for one scheme, which the guard has to know.
func transport(g *guard, roots *x509.CertPool, secure bool) *http.Transport {
	// HTTP/1.1 alone: it is all that these calls need, and has the fewest ways to go wrong.
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  nil, // whoever sets HTTPS_PROXY would dial in our place, unchecked
		DialContext:            g.dialer(secure),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    handshakeLimit,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleLimit,
		Protocols:              protocols,
	}
}

// Check tells whether a URL may be called, as far as the URL alone says: its scheme,
// port and host. No name is looked up. The error is an *Error of kind ErrForbidden whose
// message tells what to change.
func (c *Client) Check(rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return &Error{Kind: ErrForbidden, Message: "the URL is malformed; write it like https://host.example/path", Cause: errors.Unwrap(err)}
	}
	return c.guard.check(u)
}

// HTTP returns the client for libraries that take one, as golang.org/x/oauth2 does by its
// context key. Its errors wrap an *Error; the text around it repeats the URL, query and
// all, so show the *Error's.
func (c *Client) HTTP() *http.Client { return c.http }

// Close ends connections that are kept. Calls under way go on.
func (c *Client) Close() {
	c.hop.secure.CloseIdleConnections()
	c.hop.plain.CloseIdleConnections()
}
