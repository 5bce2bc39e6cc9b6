package gateway_test

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// What a dialect does not admit is refused before its body is read, and told of its route.
func TestAdmit(t *testing.T) {
	d := unkey.V1()
	d.Admit = func(c *gateway.Call) error {
		if c.RPC == identityv1.IdentityService_GetIdentity_FullMethodName {
			return nil
		}
		return fault.Unauthenticated("SHUT", "not today")
	}
	d.Services = append(d.Services, routed(t, "/v1/things.get/{id}"))
	f := start(t, &service{}, dialects(d))
	for _, tt := range []struct {
		name, method, path string
		status             int
		route              string
	}{
		{"not admitted", "POST", createPath, 401, createPath},
		{"admitted", "GET", getPath, 200, getPath},
		{"no route", "POST", "/v1/a.b", 404, "unmatched"},
		{"another method", "GET", createPath, 405, "unmatched"},
		{"not admitted, with a variable", "GET", "/v1/things.get/7", 401, "/v1/things.get/{id}"},
		{"a path in disguise", "POST", "/v1/identities.createIdentit%79", 404, "unmatched"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := f.do(tt.method, tt.path, strings.NewReader("{"))
			lines := f.lines(t)
			if route := lines[len(lines)-1]["route"]; w.Code != tt.status || route != tt.route {
				t.Errorf("got %d at %v, want %d at %s: %s", w.Code, route, tt.status, tt.route, w.Body)
			}
		})
	}
}

func TestElsewhere(t *testing.T) {
	d := unkey.V1()
	d.Elsewhere = map[string]string{"/v1/things.*": "things are not here", "/v1/things.get": "things.get is not here", "/v1/identities.*": "hidden",
		"POST " + getPath: "reads only", "DELETE /v1/*.*": "nothing goes"}
	f := start(t, &service{}, dialects(d))
	for _, tt := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"POST", "/v1/things.make", 404, `"things are not here"`},
		{"GET", "/v1/things.make/below", 404, `"things are not here"`},
		{"PUT", "/v1/things.get", 404, `"things.get is not here"`},
		{"GET", "/v1/stuff.get", 404, `"nothing is served at this path"`},
		{"GET", "/v1/identities.other", 404, `"hidden"`},
		{"GET", getPath, 200, `"id":`},
		{"GET", createPath, 405, `not allowed`},
		{"POST", getPath, 404, `"reads only"`},
		{"PUT", getPath, 405, `not allowed`},
		{"DELETE", createPath, 404, `"nothing goes"`},
		{"HEAD", "/v1/stuff.get", 404, ""},
		{"DELETE", "/v1/things.make", 404, `"nothing goes"`},
	} {
		w := f.do(tt.method, tt.path, nil)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
			t.Errorf("%s %s: got %d %s, want %d %s", tt.method, tt.path, w.Code, w.Body, tt.status, tt.says)
		}
	}
}

// A fault has the type that Fail sets, and never that of the answer it replaces.
func TestFaultsSetTheirContentType(t *testing.T) {
	d := sample()
	d.Fail = func(dst []byte, c *gateway.Call, f *fault.Error) []byte {
		if f.Reason == "ODD" {
			c.Header.Set("Content-Type", "application/problem+json")
		}
		return append(dst, "{}"...)
	}
	for reason, want := range map[string]string{"ODD": "application/problem+json", "PLAIN": "application/json"} {
		s := getting(func(context.Context) error { return fault.NotFound(reason, "x") })
		w := start(t, s, dialects(d)).do("GET", getPath, nil)
		if got := w.Header().Get("Content-Type"); got != want {
			t.Errorf("%s: got %s, want %s", reason, got, want)
		}
	}
}

func TestQuota(t *testing.T) {
	told := metadata.Pairs(auth.QuotaLimit, "100", auth.QuotaRemaining, "7", auth.QuotaReset, "30")
	whole := gateway.Quota{Limit: 100, Remaining: 7, Reset: 30 * time.Second}
	for _, tt := range []struct {
		name string
		md   metadata.MD
		err  error
		want *gateway.Quota
	}{
		{"beside an answer", told, nil, &whole},
		{"beside a fault", told, fault.ResourceExhausted(fault.ReasonQuota, "x"), &whole},
		{"of which nothing is told", nil, nil, nil},
		{"in part", metadata.Pairs(auth.QuotaLimit, "100"), nil, nil},
		{"twice", metadata.Join(told, told), nil, nil},
		{"in words", metadata.Pairs(auth.QuotaLimit, "100", auth.QuotaRemaining, "7", auth.QuotaReset, "soon"), nil, nil},
		{"below zero", metadata.Pairs(auth.QuotaLimit, "100", auth.QuotaRemaining, "-7", auth.QuotaReset, "30"), nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got *gateway.Quota
			d := sample()
			d.Answer = func(dst []byte, c *gateway.Call, _ proto.Message) ([]byte, error) { got = c.Quota; return dst, nil }
			d.Fail = func(dst []byte, c *gateway.Call, _ *fault.Error) []byte { got = c.Quota; return dst }
			f := start(t, getting(func(ctx context.Context) error {
				if err := grpc.SetHeader(ctx, tt.md); err != nil {
					t.Error(err)
				}
				return tt.err
			}), dialects(d))
			f.do("GET", getPath, nil)
			if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// Services get the address that the log gets: behind a proxy the client's.
func TestServicesKnowTheClient(t *testing.T) {
	var sent string
	s := getting(func(ctx context.Context) error {
		sent = strings.Join(metadata.ValueFromIncomingContext(ctx, rpc.ClientKey), " ")
		return nil
	})
	f := start(t, s, func(c *gateway.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	f.do("GET", getPath, nil, "X-Forwarded-For", "203.0.113.9", "Holdplane-Client", "198.51.100.1")
	if sent != "203.0.113.9" {
		t.Errorf("got %q", sent)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, getPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "@" // a unix socket
	r.Header.Set("Holdplane-Client", "198.51.100.1")
	if f.send(r); sent != "" {
		t.Errorf("without an address services got %q", sent)
	}
}
