package egress_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/egress/egresstest"
)

// client returns a client on an Internet that is closed with the test.
func client(t testing.TB, o egress.Options) *egress.Client {
	c := egress.New(o)
	t.Cleanup(c.Close)
	return c
}

func get(t *testing.T, c *egress.Client, url string) (egress.Response, error) {
	t.Helper()
	return c.Send(t.Context(), egress.Request{Method: "GET", URL: url})
}

func TestForbiddenSpellings(t *testing.T) {
	net := egresstest.New(t)
	c := client(t, net.Options())
	cases, names := egresstest.Forbidden(), map[string]bool{}
	if len(cases) < 400 {
		t.Fatalf("%d spellings, want 400 at least", len(cases))
	}
	for _, tt := range cases {
		if names[tt.Name] {
			t.Errorf("two cases are %q", tt.Name)
		}
		names[tt.Name] = true
		_, err := get(t, c, tt.URL)
		wantKind(t, tt.Name, err, egress.ErrForbidden)
		if checked := c.Check(tt.URL); checked != nil {
			wantKind(t, "check: "+tt.Name, checked, egress.ErrForbidden)
		}
		// Libraries that take the bare client are refused too.
		if res, err := c.HTTP().Get(tt.URL); err == nil {
			t.Errorf("%s: the bare client got %s", tt.Name, res.Status)
		}
	}
	if dialled := net.Dialled(); len(dialled) > 0 {
		t.Errorf("dialled %v, want nothing", dialled)
	}
	t.Logf("%d spellings", len(cases))
}

func TestForbiddenRedirects(t *testing.T) {
	net := egresstest.New(t)
	c := client(t, net.Options())
	for _, tt := range egresstest.Redirects() {
		_, err := get(t, c, tt.URL)
		// A header with a NUL is no HTTP.
		nul := strings.Contains(tt.URL, "%00") && errors.Is(err, egress.ErrUnreachable)
		if !errors.Is(err, egress.ErrForbidden) && !errors.Is(err, egress.ErrRedirect) && !nul {
			t.Errorf("%s: got %v, want it refused", tt.Name, err)
		}
	}
	if n := len(net.Dialled()); n == 0 || n > 2*len(egresstest.Redirects()) {
		t.Errorf("dialled %d times", n)
	}
}

// The Internet of the tests has to tell a client without checks from one with them.
func TestInternetSeesLeaks(t *testing.T) {
	net := egresstest.New(t)
	for _, tt := range []string{"127.0.0.1:443", "[::1]:443", "nonsense", "8.8.8.8:443"} {
		if _, err := net.Dial(t.Context(), "tcp", tt); err == nil {
			t.Errorf("dialled %s", tt)
		}
		if leaks := net.Leaks(); len(leaks) != 1 || leaks[0] != tt {
			t.Errorf("leaks are %v, want %s", leaks, tt)
		}
	}
}

// A name that leads to a public address when it is looked at and inside when it is
// dialled is what checking a name beforehand can't see.
func TestRebinding(t *testing.T) {
	loopback := netip.MustParseAddr("127.0.0.1")
	net := egresstest.New(t)
	net.Name("rebind.example.com", []netip.Addr{egresstest.Public}, []netip.Addr{loopback})
	for range 20 {
		c := client(t, net.Options()) // a client keeps connections: each its own
		if _, err := get(t, c, "https://rebind.example.com/"); err != nil {
			wantKind(t, "rebinding", err, egress.ErrForbidden)
		}
	}
	if dialled := net.Dialled(); len(dialled) != 1 || dialled[0].Addr() != egresstest.Public {
		t.Errorf("dialled %v, want the public server once", dialled)
	}
	if n := len(net.Lookups()); n != 20 {
		t.Errorf("%d lookups for 20 connections: one must be all that is asked", n)
	}
}

// A server inside a redirect changes what its name means between two hops.
func TestRebindingBetweenRedirects(t *testing.T) {
	net := egresstest.New(t)
	net.Name("rebind.example.com", []netip.Addr{egresstest.Public}, []netip.Addr{netip.MustParseAddr("10.0.0.1")})
	c := client(t, net.Options())
	_, err := get(t, c, "https://rebind.example.com/?to=https://rebind.example.com:8443/")
	wantKind(t, "second hop", err, egress.ErrForbidden)
}

func wantKind(t *testing.T, name string, err, kind error) {
	t.Helper()
	var known *egress.Error
	if !errors.Is(err, kind) || !errors.As(err, &known) || known.Message == "" {
		t.Errorf("%s: got %v, want %v", name, err, kind)
	}
}
