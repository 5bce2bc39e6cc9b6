package egress_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/egress/egresstest"
)

// echo answers with what it got.
func echo(w http.ResponseWriter, r *http.Request) {
	got, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("X-Got", r.Header.Get("X-Key"))
	w.WriteHeader(http.StatusTeapot)
	_, _ = fmt.Fprintf(w, "%s %s %s", r.Method, r.RequestURI, got)
}

func TestSend(t *testing.T) {
	c := client(t, host(t, echo).Options())
	for _, url := range []string{"https://host.example.com/a?b=c", "https://host.example.com:443/a?b=c", "HTTPS://Host.Example.COM:/a?b=c"} {
		res, err := c.Send(t.Context(), egress.Request{Method: "POST", URL: url, Header: map[string]string{"x-key": "k"}, Body: []byte("body")})
		if err != nil || res.Status != http.StatusTeapot || string(res.Body) != "POST /a?b=c body" || fmt.Sprint(res.Header["X-Got"]) != "[k]" {
			t.Errorf("%s: got %d %s %v %v", url, res.Status, res.Body, res.Header, err)
		}
	}
}

func TestPublicURLs(t *testing.T) {
	c := client(t, egresstest.New(t).Options())
	for _, url := range []string{
		"https://public.example.com/", "https://public.example.com", "https://public.example.com:8443/path?to=&x=http://127.0.0.1/",
		"https://93.184.215.14/", "https://93.184.215.14:8443/", "https://PUBLIC.example.com/@127.0.0.1/",
	} {
		if err := c.Check(url); err != nil {
			t.Errorf("check %s: %v", url, err)
		}
		if res, err := get(t, c, url); err != nil || res.Status != http.StatusOK {
			t.Errorf("%s: got %d %v", url, res.Status, err)
		}
	}
	for _, url := range []string{"https://[2606:4700::1111]/", "https://1.1.1.1/", "https://xn--bcher-kva.example/", "https://a_b.example.com/", "https://1.2.3.4.nip.io/", "https://0x7f.example/"} {
		if err := c.Check(url); err != nil {
			t.Errorf("check %s: %v", url, err)
		}
	}
}

// What a URL says itself is refused before anybody is asked for an address.
func TestForbiddenBeforeLookup(t *testing.T) {
	world := egresstest.New(t)
	c := client(t, world.Options())
	for _, url := range []string{
		"https://localhost/", "https://redis/", "https://2130706433/", "https://0x7f.1/", "https://127.0.0.1./", "http://public.example.com/",
		"https://public.example.com:22/", "https://user@public.example.com/", "https://public.example.com/#x", "https://public.example.com./",
		"https://" + strings.Repeat("a.", 126) + "com/",
	} {
		wantKind(t, "check "+url, c.Check(url), egress.ErrForbidden)
		_, err := get(t, c, url)
		wantKind(t, url, err, egress.ErrForbidden)
	}
	if l := world.Lookups(); len(l) > 0 {
		t.Errorf("looked up %v", l)
	}
}

func TestBadRequests(t *testing.T) {
	world := egresstest.New(t)
	c := client(t, world.Options())
	for name, give := range map[string]egress.Request{
		"method":           {Method: "GET /", URL: "https://public.example.com/"},
		"line break":       {Method: "GET", URL: "https://public.example.com/", Header: map[string]string{"X-Key": "k\r\nX-Other: 1"}},
		"other characters": {Method: "GET", URL: "https://public.example.com/", Header: map[string]string{"X-Key": "k\x00"}},
	} {
		_, err := c.Send(t.Context(), give)
		wantKind(t, name, err, egress.ErrForbidden)
	}
	if d := world.Dialled(); len(d) > 0 {
		t.Errorf("dialled %v", d)
	}
}

type resolver func(context.Context) ([]netip.Addr, error)

func (r resolver) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) { return r(ctx) }

// TestMessages shows that errors tell strangers nothing about our network, and operators
// what happened.
func TestMessages(t *testing.T) {
	const inside = "10.11.12.13"
	refused := errors.New("dial tcp 93.184.215.14:443: connection refused")
	mayNot := "host.example.com may not be called; use a host with a public address, by https on port 443 or 8443"
	notReached := "host.example.com can't be reached, or does not answer as an HTTP server"
	for _, tt := range []struct {
		name    string
		addrs   []netip.Addr
		err     error
		kind    error
		message string
		cause   string
	}{
		{"a name inside", []netip.Addr{netip.MustParseAddr(inside)}, nil, egress.ErrForbidden, mayNot, inside},
		{"no such name", nil, &net.DNSError{Err: "no such host", Server: inside, IsNotFound: true}, egress.ErrForbidden, mayNot, inside},
		{"no address", nil, nil, egress.ErrForbidden, mayNot, ""},
		{"the resolver is away", nil, &net.DNSError{Err: "server misbehaving", Server: inside}, egress.ErrUnreachable, notReached, inside},
		{"the resolver is slow", nil, &net.DNSError{Err: "i/o timeout", Server: inside, IsTimeout: true}, egress.ErrUnreachable, "host.example.com did not answer in time", inside},
		{"the server is away", []netip.Addr{egresstest.Public}, nil, egress.ErrUnreachable, notReached, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := egress.Options{
				Resolver: resolver(func(context.Context) ([]netip.Addr, error) { return tt.addrs, tt.err }),
				Dial:     func(context.Context, string, string) (net.Conn, error) { return nil, refused },
			}
			_, err := get(t, client(t, o), hostURL+"?secret=s3cret")
			wantKind(t, tt.name, err, tt.kind)
			var known *egress.Error
			if errors.As(err, &known); known == nil || err.Error() != tt.message || known.Error() != tt.message {
				t.Fatalf("got %v, want %s", err, tt.message)
			}
			if cause := fmt.Sprint(known.Cause); !strings.Contains(cause, tt.cause) || strings.Contains(cause, "s3cret") {
				t.Errorf("the cause is %q, want %q in it", cause, tt.cause)
			}
		})
	}
}

// What the second line refuses is told without the address around it.
func TestSecondLineMessage(t *testing.T) {
	o := egresstest.New(t).Options()
	o.Dial = func(context.Context, string, string) (net.Conn, error) {
		const elsewhere = "10.11.12.13:443"
		return nil, &net.OpError{Op: "dial", Addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(elsewhere)), Err: egress.Control(o, true, elsewhere)}
	}
	_, err := get(t, client(t, o), "https://public.example.com/")
	wantKind(t, "second line", err, egress.ErrForbidden)
	if err == nil || strings.Contains(err.Error(), "10.11") {
		t.Errorf("got %v", err)
	}
}

// The bare client's errors have a kind and a message too.
func TestBareClient(t *testing.T) {
	c := client(t, host(t, body(egress.DefaultMaxBody+1)).Options())
	for url, kind := range map[string]error{
		hostURL: egress.ErrTooLarge, "https://127.0.0.1/": egress.ErrForbidden,
		"https://public.example.com/?to=http://x/": egress.ErrRedirect,
	} {
		res, err := c.HTTP().Post(url, "text/plain", strings.NewReader("x"))
		if err == nil {
			res.Body.Close()
		}
		wantKind(t, url, err, kind)
	}
}
