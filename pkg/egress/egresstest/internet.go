// Package egresstest is an Internet of a test's own, from which no packet leaves the
// process, and the spellings of URLs that no client of package egress may follow.
package egresstest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holdplane/holdplane/pkg/egress"
)

// Public is the address of the server that the Internet begins with. It answers
// /?to=URL with a redirect to that URL and everything else with 200 and no body.
var Public = netip.MustParseAddr("93.184.215.14")

// PublicHost is a name of Public.
const PublicHost = "public.example.com"

// Internet is a resolver, a dialer that records, and servers behind them.
type Internet struct {
	authority *authority

	mu      sync.Mutex
	names   map[string][][]netip.Addr
	aliases map[string]string
	lookups []string
	dialled []netip.AddrPort
	leaks   []string
	servers map[netip.AddrPort]listener
	version uint16
}

// New returns an Internet with Public and the names that Forbidden leads to. It fails
// the test if anything was dialled where there is no server.
func New(t testing.TB) *Internet {
	t.Helper()
	n := &Internet{
		authority: newAuthority(t),
		names:     map[string][][]netip.Addr{}, aliases: map[string]string{}, servers: map[netip.AddrPort]listener{},
	}
	for host, addrs := range zone() {
		n.Name(host, addrs)
	}
	n.Name(PublicHost, []netip.Addr{Public})
	n.Alias("alias.example.com", "cname.example.com")
	n.Alias("cname.example.com", nameOf(loopback))
	for _, port := range []uint16{443, 8443} {
		n.Serve(t, netip.AddrPortFrom(Public, port), http.HandlerFunc(redirector))
	}
	t.Cleanup(func() {
		for _, leak := range n.Leaks() {
			t.Errorf("dialled %s, where there is no public server", leak)
		}
	})
	return n
}

func redirector(w http.ResponseWriter, r *http.Request) {
	if to := r.FormValue("to"); to != "" {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// Options are for a client on this Internet.
func (n *Internet) Options() egress.Options {
	return egress.Options{Resolver: n, Dial: n.Dial, Roots: n.authority.roots}
}

// Name gives a host addresses: the first answer for the first lookup, and so on. The last
// one stays.
func (n *Internet) Name(host string, answers ...[]netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[host] = answers
}

// Alias makes a host another name of the target.
func (n *Internet) Alias(host, target string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.aliases[host] = target
}

// Serve has h answer https at an address, with a certificate for every name.
func (n *Internet) Serve(t testing.TB, at netip.AddrPort, h http.Handler) {
	n.serve(t, at, h, func(l net.Listener) net.Listener {
		return tls.NewListener(l, &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			return &tls.Config{
				MinVersion: tls.VersionTLS10, MaxVersion: n.version,
				GetCertificate: n.authority.certificate(at.Addr()),
			}, nil
		}})
	})
}

// Limit has servers speak TLS in no newer version.
func (n *Internet) Limit(version uint16) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.version = version
}

// ServePlain has h answer http at an address.
func (n *Internet) ServePlain(t testing.TB, at netip.AddrPort, h http.Handler) {
	n.serve(t, at, h, func(l net.Listener) net.Listener { return l })
}

func (n *Internet) serve(t testing.TB, at netip.AddrPort, h http.Handler, wrap func(net.Listener) net.Listener) {
	l := wrap(n.Listen(at))
	server := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	var running sync.WaitGroup
	running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("server at %s: %v", at, err)
		}
	})
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close the server at %s: %v", at, err)
		}
		running.Wait()
	})
}

// Listen has a test answer by itself at an address.
func (n *Internet) Listen(at netip.AddrPort) net.Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.servers[at] = newListener()
	return n.servers[at]
}

// LookupNetIP is egress.Resolver. Like some C libraries it takes every spelling of a
// number for loopback.
func (n *Internet) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lookups = append(n.lookups, host)
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for n.aliases[host] != "" {
		host = n.aliases[host]
	}
	answers := n.names[host]
	if len(answers) == 0 {
		if last := host[strings.LastIndexByte(host, '.')+1:]; last != "" && last[0] >= '0' && last[0] <= '9' {
			return []netip.Addr{loopback}, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(answers) > 1 {
		n.names[host] = answers[1:]
	}
	return answers[0], nil
}

// Dial reaches the servers of this Internet, and counts everything else as a leak.
func (n *Internet) Dial(ctx context.Context, _, addr string) (net.Conn, error) {
	n.mu.Lock()
	at, err := netip.ParseAddrPort(addr)
	server, ok := n.servers[at]
	if err == nil {
		n.dialled = append(n.dialled, at)
	}
	if !ok {
		n.leaks = append(n.leaks, addr)
	}
	n.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("dial tcp %s: connection refused", addr)
	}
	return server.DialContext(ctx)
}

// Dialled are the addresses that were dialled, in order.
func (n *Internet) Dialled() []netip.AddrPort {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.dialled)
}

// Lookups are the names that were asked for, in order.
func (n *Internet) Lookups() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.lookups)
}

// Leaks are what was dialled and is no server of this Internet. It is forgotten then, for
// tests that expect it.
func (n *Internet) Leaks() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	leaks := n.leaks
	n.leaks = nil
	return leaks
}
