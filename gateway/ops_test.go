package gateway_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway"
)

func TestRequestLog(t *testing.T) {
	f := start(t, &service{}, func(c *gateway.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	w := f.do("GET", getPath+"?externalId=private-id", nil, "Authorization", "Bearer hp_root_private", "X-Forwarded-For", "203.0.113.9")
	f.do("POST", createPath, strings.NewReader(`{"externalId":"private-id","meta":[]}`))
	f.do("GET", "/v1/private.id", nil)
	f.do(strings.Repeat("PRIVATE", 100), "/private-id", nil)
	lines := f.lines(t)
	if len(lines) != 4 {
		t.Fatalf("%d lines: %s", len(lines), f.log)
	}
	keys := slices.Sorted(maps.Keys(lines[0]))
	if want := []string{"bytes", "client", "dialect", "duration_ms", "level", "method", "msg", "request_id", "route", "status", "time"}; !slices.Equal(keys, want) {
		t.Errorf("attributes are %v, want %v", keys, want)
	}
	want := []map[string]any{
		{"msg": "request", "method": "GET", "route": getPath, "status": 200.0, "dialect": "unkey", "bytes": float64(w.Body.Len()), "request_id": w.Header().Get("Unkey-Request-Id"), "client": "203.0.113.9"},
		{"method": "POST", "route": createPath, "status": 400.0, "code": "BAD_REQUEST"},
		{"route": "unmatched", "status": 404.0, "dialect": "unkey"},
		{"method": "OTHER", "route": "unmatched", "status": 404.0, "dialect": "gateway"},
	}
	for i, attrs := range want {
		for name, value := range attrs {
			if lines[i][name] != value {
				t.Errorf("line %d: %s is %v, want %v", i, name, lines[i][name], value)
			}
		}
	}
	if strings.Contains(strings.ToLower(f.log.String()), "private") {
		t.Errorf("the log holds what clients sent: %s", f.log)
	}
}

func TestMetrics(t *testing.T) {
	f := start(t, &service{})
	f.do("GET", getPath, nil)
	f.do("GET", getPath, nil)
	f.do("POST", createPath, strings.NewReader("{"))
	f.do("GET", "/v1/a.b", nil)
	f.do("GET", "/healthz", nil)
	const name = "holdplane_gateway_requests_total"
	for _, tt := range []struct {
		labels []string
		want   float64
	}{
		{[]string{"2xx", "unkey", getPath}, 2},
		{[]string{"4xx", "unkey", createPath}, 1},
		{[]string{"4xx", "unkey", "unmatched"}, 1},
		{[]string{"2xx", "gateway", "/healthz"}, 1},
	} {
		if got := f.counter(t, name, tt.labels...); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.labels, got, tt.want)
		}
	}
}

func TestPages(t *testing.T) {
	f := start(t, &service{})
	for path, holds := range map[string]string{
		"/":                            "Holdplane",
		"/docs":                        "/docs/errors/unkey/CONFLICT",
		"/docs/errors":                 "TOO_MANY_REQUESTS",
		"/docs/errors/unkey/NOT_FOUND": "<h2>Fix</h2>",
		"/docs/style.css":              "main",
		"/healthz":                     `{"status":"ok"}`,
		"/readyz":                      `{"status":"ok"}`,
	} {
		w := f.do("GET", path, nil)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), holds) {
			t.Errorf("%s: got %d %.200s", path, w.Code, w.Body)
		}
		if policy := w.Header().Get("Content-Security-Policy"); strings.HasPrefix(path, "/docs") && !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if strings.Contains(w.Body.String(), "<script") || strings.Contains(w.Body.String(), "style=") {
			t.Errorf("%s holds what its policy forbids", path)
		}
		if w := f.do("HEAD", path, nil); w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("HEAD %s: got %d %q", path, w.Code, w.Body)
		}
	}
}

func TestNotReady(t *testing.T) {
	f := start(t, &service{}, func(c *gateway.Config) {
		c.Log = slog.New(slog.NewJSONHandler(io.Discard, nil))
		c.Ready = func(context.Context) error { return errors.New("identity at 10.1.2.3 is down") }
	})
	if w := f.do("GET", "/readyz", nil); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "10.1.2.3") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w := f.do("GET", "/healthz", nil); w.Code != http.StatusOK {
		t.Errorf("healthz: got %d", w.Code)
	}
}

func TestDegraded(t *testing.T) {
	for lacking, want := range map[string]string{
		"":                      `{"status":"ok"}`,
		`one "thing" is slower`: `{"status":"ok","degraded":"one \"thing\" is slower"}`,
	} {
		f := start(t, &service{}, func(c *gateway.Config) { c.Degraded = func() string { return lacking } })
		if w := f.do("GET", "/readyz", nil); w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("readyz: got %d %s, want %s", w.Code, w.Body, want)
		}
		if w := f.do("GET", "/healthz", nil); w.Code != http.StatusOK || w.Body.String() != `{"status":"ok"}` {
			t.Errorf("healthz: got %d %s", w.Code, w.Body)
		}
	}
}

func TestForeignHostsAreRefused(t *testing.T) {
	f := start(t, &service{}, func(c *gateway.Config) { c.AllowHost = gateway.LoopbackHost })
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "LOCALHOST.": 200, "a.localhost:1": 200, "127.0.0.1:8080": 200, "127.9.9.9": 200, "[::1]:8080": 200, "[::1]": 200,
		"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example:8080": 421, "10.0.0.1": 421, "": 421, "0.0.0.0": 421, "2130706433": 421, "[::ffff:10.0.0.1]": 421,
	} {
		for _, path := range []string{getPath, "/docs", "/nowhere"} {
			r := httptest.NewRequest("GET", path, nil)
			r.Host = host
			w := f.send(r)
			if got := w.Code; got != want && (want == 421 || path != "/nowhere") {
				t.Errorf("%q %s: got %d, want %d", host, path, got, want)
			}
		}
	}
}

func TestClientAddr(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	tests := []struct {
		name, peer string
		hops       []string
		want       string
	}{
		{name: "no proxy", peer: "198.51.100.1:5", want: "198.51.100.1"},
		{name: "a stranger's header is not believed", peer: "198.51.100.1:5", hops: []string{"203.0.113.1"}, want: "198.51.100.1"},
		{name: "a proxy's is", peer: "10.0.0.1:5", hops: []string{"203.0.113.1"}, want: "203.0.113.1"},
		{name: "what the client wrote stands left", peer: "10.0.0.1:5", hops: []string{"127.0.0.1, 203.0.113.1"}, want: "203.0.113.1"},
		{name: "two proxies", peer: "10.0.0.1:5", hops: []string{"1.1.1.1, 203.0.113.1, 10.2.2.2"}, want: "203.0.113.1"},
		{name: "two headers", peer: "10.0.0.1:5", hops: []string{"1.1.1.1", "203.0.113.1,10.2.2.2"}, want: "203.0.113.1"},
		{name: "nothing but proxies", peer: "10.0.0.1:5", hops: []string{"10.3.3.3, 10.2.2.2"}, want: "10.3.3.3"},
		{name: "garbage ends it", peer: "10.0.0.1:5", hops: []string{"203.0.113.1, unknown, 10.2.2.2"}, want: "10.2.2.2"},
		{name: "an empty hop ends it", peer: "10.0.0.1:5", hops: []string{"203.0.113.1, "}, want: "10.0.0.1"},
		{name: "with ports", peer: "10.0.0.1:5", hops: []string{"203.0.113.1:80"}, want: "203.0.113.1"},
		{name: "IPv6", peer: "[fd00::1]:5", hops: []string{"[2001:db8::1]:80"}, want: "2001:db8::1"},
		{name: "IPv4 in IPv6", peer: "[::ffff:10.0.0.1]:5", hops: []string{"::ffff:203.0.113.1"}, want: "203.0.113.1"},
		{name: "a unix socket", peer: "@", hops: []string{"203.0.113.1"}, want: "invalid IP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: tt.peer, Header: http.Header{"X-Forwarded-For": tt.hops}}
			if got := gateway.ClientAddr(r, trusted).String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Over a real connection: headers are bounded, and a body that is declared too large
// is answered before it has been sent.
func TestServerLimits(t *testing.T) {
	s := gateway.Server(start(t, &service{}), slog.New(slog.DiscardHandler))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-served); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	for _, tt := range []struct{ name, request, want string }{
		{"long header", "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("a", 128<<10) + "\r\n\r\n", "HTTP/1.1 431 "},
		{"declared too large", "POST " + createPath + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 413 "},
		{"options for the server", "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 404 "},
		{"a good one", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := exchange(t, l.Addr().String(), tt.request); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %.200q, want %s", got, tt.want)
			}
		})
	}
}

// exchange sends text and returns all that comes back until the server hangs up.
func exchange(t *testing.T, addr, text string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(c)
	if len(b) == 0 {
		t.Fatalf("no answer: %v", err)
	}
	return string(b)
}
