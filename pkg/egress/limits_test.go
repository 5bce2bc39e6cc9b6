package egress_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/egress/egresstest"
)

const hostURL = "https://host.example.com/"

// host is an Internet with a server of the test's own at hostURL.
func host(t *testing.T, h http.HandlerFunc) *egresstest.Internet {
	net := egresstest.New(t)
	at := netip.MustParseAddr("93.184.215.20")
	net.Name("host.example.com", []netip.Addr{at})
	net.Serve(t, netip.AddrPortFrom(at, 443), h)
	return net
}

func body(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(make([]byte, n)) }
}

// raw answers with bytes of any kind.
func raw(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, answer)
	}
}

func gzipped(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write(make([]byte, n))
		if err := errors.Join(err, z.Close()); err != nil {
			panic(err)
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(b.Bytes())
	}
}

func TestAnswers(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	for _, tt := range []struct {
		name   string
		server http.HandlerFunc
		want   error
		length int
	}{
		{"as long as may be", body(egress.DefaultMaxBody), nil, egress.DefaultMaxBody},
		{"a byte longer", body(egress.DefaultMaxBody + 1), egress.ErrTooLarge, 0},
		{"unpacked as long as may be", gzipped(egress.DefaultMaxBody), nil, egress.DefaultMaxBody},
		{"unpacked a byte longer", gzipped(egress.DefaultMaxBody + 1), egress.ErrTooLarge, 0},
		{"an error of the server's", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) }, nil, 3},
		{"a long header", raw("HTTP/1.1 200 OK\r\nX: " + long + "\r\n\r\n"), egress.ErrUnreachable, 0},
		{"many interim answers", raw(strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: "+long[:8000]+"\r\n\r\n", 100)), egress.ErrUnreachable, 0},
		{"not HTTP", raw("SSH-2.0-OpenSSH\r\n"), egress.ErrUnreachable, 0},
		{"nothing", raw(""), egress.ErrUnreachable, 0},
		{"a body cut short", raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"), egress.ErrUnreachable, 0},
		{"two lengths", raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), egress.ErrUnreachable, 0},
		{"another protocol", raw("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"), egress.ErrUnreachable, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, err := get(t, client(t, host(t, tt.server).Options()), hostURL)
			if !errors.Is(err, tt.want) || len(res.Body) != tt.length {
				t.Errorf("got %d bytes and %v, want %d and %v", len(res.Body), err, tt.length, tt.want)
			}
		})
	}
}

// Servers that take their time get 10 seconds for everything together, and a caller that
// goes away is let go at once.
func TestTime(t *testing.T) {
	hang := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drip := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte("."))
			_ = http.NewResponseController(w).Flush()
			pause(r.Context(), time.Second)
		}
	}
	upgrade := func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		_, _ = io.Copy(io.Discard, conn) // until the client ends it
	}
	circle := func(w http.ResponseWriter, r *http.Request) {
		pause(r.Context(), 4*time.Second)
		http.Redirect(w, r, "/", http.StatusFound)
	}
	for _, tt := range []struct {
		name   string
		server http.HandlerFunc
		giveUp time.Duration
		want   error
		after  time.Duration
	}{
		{"no answer", hang, time.Hour, egress.ErrUnreachable, 10 * time.Second},
		{"a body without end", drip, time.Hour, egress.ErrUnreachable, 10 * time.Second},
		{"slow redirects", circle, time.Hour, egress.ErrUnreachable, 10 * time.Second},
		{"another protocol, and silence", upgrade, time.Hour, egress.ErrUnreachable, 0},
		{"a caller that goes away", hang, 2 * time.Second, context.Canceled, 2 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := client(t, host(t, tt.server).Options())
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				defer time.AfterFunc(tt.giveUp, cancel).Stop()
				begun := time.Now()
				_, err := c.Send(ctx, egress.Request{Method: "GET", URL: hostURL})
				// Nobody is unreachable because a caller gave up.
				wrong := errors.Is(err, egress.ErrUnreachable) != (tt.want == egress.ErrUnreachable)
				if took := time.Since(begun); !errors.Is(err, tt.want) || wrong || took != tt.after {
					t.Errorf("got %v after %v, want %v after %v", err, took, tt.want, tt.after)
				}
				c.Close()
				synctest.Wait()
			})
		})
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// A name's dead addresses leave time for one that lives, if it is among the first four.
func TestDeadAddresses(t *testing.T) {
	dead, refusing := netip.MustParseAddr("93.184.215.98"), netip.MustParseAddr("93.184.215.99")
	for _, tt := range []struct {
		name  string
		addrs []netip.Addr
		want  error
	}{
		{"one dead", []netip.Addr{dead, egresstest.Public}, nil},
		{"three dead", []netip.Addr{dead, dead, dead, egresstest.Public}, nil},
		{"four that refuse", []netip.Addr{refusing, refusing, refusing, refusing, egresstest.Public}, egress.ErrUnreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				world := egresstest.New(t)
				world.Name("host.example.com", tt.addrs)
				world.Listen(netip.AddrPortFrom(dead, 443)) // nobody accepts
				if err := world.Listen(netip.AddrPortFrom(refusing, 443)).Close(); err != nil {
					t.Fatal(err)
				}
				_, err := get(t, client(t, world.Options()), hostURL)
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			})
		})
	}
}

// A resolver that never answers is not asked for ever, though the transport dials on when
// the request has gone.
func TestSilentResolver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan struct{})
		o := egress.Options{Resolver: resolver(func(ctx context.Context) ([]netip.Addr, error) {
			defer close(ended)
			<-ctx.Done()
			return nil, ctx.Err()
		})}
		_, err := get(t, client(t, o), hostURL)
		wantKind(t, "silent resolver", err, egress.ErrUnreachable)
		<-ended
	})
}

func TestTLS(t *testing.T) {
	for _, tt := range []struct {
		name    string
		version uint16
		trusted bool
		message string
	}{
		{"1.3", tls.VersionTLS13, true, ""},
		{"1.2", tls.VersionTLS12, true, ""},
		{"1.1", tls.VersionTLS11, true, "host.example.com can't be reached, or does not answer as an HTTP server"},
		{"a stranger's certificate", tls.VersionTLS13, false, "the certificate of host.example.com is not valid for it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			world := host(t, body(1))
			o := world.Options()
			if !tt.trusted {
				o.Roots = egresstest.New(t).Options().Roots
			}
			world.Limit(tt.version)
			_, err := get(t, client(t, o), hostURL)
			if (err == nil) != (tt.message == "") || err != nil && err.Error() != tt.message {
				t.Errorf("got %v, want %q", err, tt.message)
			}
		})
	}
}

var _ egress.Resolver = (*net.Resolver)(nil)
