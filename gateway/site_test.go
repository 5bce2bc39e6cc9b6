package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// serving adds a site with a handler at /pages.
func serving(h http.HandlerFunc) func(*gateway.Config) {
	return func(c *gateway.Config) {
		c.Sites = []gateway.Site{{Name: "pages", Prefix: "/pages", Handler: h}}
	}
}

func TestSite(t *testing.T) {
	var seen *http.Request
	f := start(t, &service{}, serving(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, "<p>hello")
	}))
	w := f.do("GET", "/pages/mail/s3cret?token=s3cret", nil, "Cookie", "c=d", "Origin", "https://other.example")
	if w.Code != http.StatusCreated || w.Body.String() != "<p>hello" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Content-Length": "8", "Set-Cookie": "a=b",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Access-Control-Allow-Origin": "", "Access-Control-Expose-Headers": "",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("a page without a policy of its own has %q", policy)
	}
	if c, err := seen.Cookie("c"); err != nil || c.Value != "d" || seen.URL.Query().Get("token") != "s3cret" || seen.Host != "" || seen.RemoteAddr != "" {
		t.Errorf("the handler saw %v", seen)
	}
	line := f.lines(t)[0]
	if line["route"] != "/pages" || line["dialect"] != "pages" || line["request_id"] != w.Header().Get("X-Request-Id") || line["status"] != 201.0 {
		t.Errorf("logged %v", line)
	}
	if strings.Contains(f.log.String(), "s3cret") {
		t.Errorf("the log holds what clients sent: %s", f.log)
	}
	if n := f.counter(t, "holdplane_gateway_requests_total", "2xx", "pages", "/pages"); n != 1 {
		t.Errorf("%v requests are counted", n)
	}
}

// A site owns whole segments below its prefix, and the page of a dialect's path is not its.
func TestSiteOwnsItsPrefix(t *testing.T) {
	everything := sample()
	everything.Owns = []string{"/"}
	f := start(t, &service{}, dialects(everything), serving(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "site") }))
	for path, want := range map[string]string{
		"/pages": "pages", "/pages/": "pages", "/pages/a/b": "pages", "/pages%2Fa": "pages",
		"/pagesx": "sample", "/Pages": "sample", "/x/pages": "sample", "//pages": "sample", "/docs": "gateway",
	} {
		f.do("GET", path, nil)
		lines := f.lines(t)
		if got := lines[len(lines)-1]["dialect"]; got != want {
			t.Errorf("%s is answered by %v, want %s", path, got, want)
		}
	}
}

func TestSiteMethods(t *testing.T) {
	f := start(t, &service{}, serving(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			http.Redirect(w, r, "/pages/done", http.StatusSeeOther)
			return
		}
		fmt.Fprint(w, r.Method)
	}))
	for method, want := range map[string]string{"GET": "200 GET 3", "HEAD": "200  3", "POST": "303  0", "OPTIONS": "200 OPTIONS 7"} {
		w := f.do(method, "/pages", nil)
		if got := fmt.Sprint(w.Code, " ", w.Body, " ", w.Header().Get("Content-Length")); got != want {
			t.Errorf("%s: got %s, want %s", method, got, want)
		}
	}
}

// Whatever fails is a page, and nothing of what the handler had written is in it.
func TestSiteFails(t *testing.T) {
	f := start(t, &service{}, func(c *gateway.Config) {
		c.AllowHost = gateway.LoopbackHost
		c.PublicURL = "https://pages.example/below"
	},
		serving(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err != nil {
				http.Error(w, "too much", http.StatusRequestEntityTooLarge)
				return
			}
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "s3cret"})
			fmt.Fprint(w, "half a page")
			panic("s3cret")
		}))
	for _, tt := range []struct {
		name, method, target, header, value string
		status                              int
	}{
		{"a panic", "GET", "http://localhost/pages/a", "", "", 500},
		{"a foreign host", "GET", "http://evil.example/pages/a", "", "", 421},
		{"a long URL", "GET", "http://localhost/pages?" + strings.Repeat("a", 20_000), "", "", 400},
		{"another origin's form", "POST", "http://localhost/pages/a", "Origin", "https://evil.example", 403},
		{"another site's form", "POST", "http://localhost/pages/a", "Sec-Fetch-Site", "cross-site", 403},
		{"the own form", "POST", "http://localhost/pages/a", "Sec-Fetch-Site", "same-origin", 500},
		{"the own form behind a proxy", "POST", "http://localhost/pages/a", "Origin", "https://pages.example", 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := f.do(tt.method, tt.target, nil, tt.header, tt.value)
			body := w.Body.String()
			if w.Code != tt.status || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(body, w.Header().Get("X-Request-Id")) {
				t.Errorf("got %d %v %s", w.Code, w.Header(), body)
			}
			if strings.Contains(body, "half") || w.Header().Get("Set-Cookie") != "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("got %v %s", w.Header(), body)
			}
		})
	}
	if strings.Contains(f.log.String(), "s3cret") {
		t.Errorf("the log holds the panic's value: %s", f.log)
	}
	if w := f.do("POST", "http://localhost/pages/a", strings.NewReader(strings.Repeat("a", 65<<10))); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a long form: got %d %s", w.Code, w.Body)
	}
}

// Services know of a site's calls what they know of a dialect's.
func TestSiteCallsServices(t *testing.T) {
	var sent metadata.MD
	var client netip.Addr
	local := rpc.NewLocal()
	identityv1.RegisterIdentityServiceServer(local, getting(func(ctx context.Context) error {
		sent, _ = metadata.FromIncomingContext(ctx)
		client = rpc.Client(ctx)
		if end, ok := ctx.Deadline(); !ok || time.Until(end) > 10*time.Second {
			return errors.New("no deadline")
		}
		return nil
	}))
	f := start(t, &service{}, func(c *gateway.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} },
		serving(func(_ http.ResponseWriter, r *http.Request) {
			if _, err := identityv1.NewIdentityServiceClient(local).GetIdentity(r.Context(), &identityv1.GetIdentityRequest{}); err != nil {
				t.Error(err)
			}
		}))
	w := f.do("GET", "/pages", nil, "X-Forwarded-For", "203.0.113.9", "Holdplane-Client", "198.51.100.1", "X-Request-Id", "mine", "Authorization", "Bearer x")
	if want := netip.MustParseAddr("203.0.113.9"); client != want || len(sent) != 2 || strings.Join(sent["x-request-id"], " ") != w.Header().Get("X-Request-Id") {
		t.Errorf("services got %v", sent)
	}
}

func TestNewRefusesSites(t *testing.T) {
	h := http.NotFoundHandler()
	for _, tt := range []struct {
		name string
		site gateway.Site
		says string
	}{
		{"a dialect's name", gateway.Site{Name: "unkey", Prefix: "/pages", Handler: h}, "another dialect or site"},
		{"no name", gateway.Site{Prefix: "/pages", Handler: h}, "Name is empty"},
		{"no answers", gateway.Site{Name: "pages", Prefix: "/pages"}, "Handler"},
		{"no prefix", gateway.Site{Name: "pages", Handler: h}, "Prefix"},
		{"everything", gateway.Site{Name: "pages", Prefix: "/", Handler: h}, "Prefix"},
		{"a pattern", gateway.Site{Name: "pages", Prefix: "/v1/*.*", Handler: h}, "Prefix"},
		{"half a prefix", gateway.Site{Name: "pages", Prefix: "/pages/", Handler: h}, "malformed"},
		{"what a route needs", gateway.Site{Name: "pages", Prefix: "/v1/liveness", Handler: h}, "is the site's pages"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := gateway.New(t.Context(), gateway.Config{
				Dialects: []gateway.Dialect{unkey.V1()}, Sites: []gateway.Site{tt.site}, Conn: func(string) grpc.ClientConnInterface { return rpc.NewLocal() },
				Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
			})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want an error that says %q", err, tt.says)
			}
		})
	}
}
