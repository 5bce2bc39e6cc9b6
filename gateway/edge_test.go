package gateway_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/gateway"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// smuggled are header names that reach further than they should somewhere.
var smuggled = []string{
	"Authorization", "Grpc-Timeout", "Grpc-Encoding", "Grpc-Accept-Encoding", "Grpc-Status", "Grpc-Message", "Grpc-Tags", "Grpc-Trace",
	"Te", "Connection", "Keep-Alive", "Upgrade", "Transfer-Encoding", "Trailer", "Expect", "Host", "Content-Type", "Content-Length",
	"X-Http-Method-Override", "X-Http-Method", "X-Method-Override", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded",
	"X-Real-Ip", "X-Request-Id", "X-Original-Url", "X-Rewrite-Url", "Hp-Tenant", "Hp-Principal", "X-Tenant", "X-Project-Id", "X-Roles",
	"X-Auth-Token", "X-User-Id", "Holdplane-Client", "Cookie", "Proxy-Authorization", "Traceparent", "Baggage",
}

// A client's headers reach services only by name: its one Authorization, and what the
// gateway itself says of the request, its id and where it came from.
func TestServicesSeeAClosedListOfHeaders(t *testing.T) {
	var sent metadata.MD
	f := start(t, &service{get: func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		sent, _ = metadata.FromIncomingContext(ctx)
		return &identityv1.GetIdentityResponse{}, nil
	}})
	n := 0
	for _, name := range smuggled {
		for _, variant := range []string{name, "Grpc-Metadata-" + name, "Grpcgateway-" + name, "Grpc-Metadata-Grpcgateway-" + name, name + "-Bin"} {
			n++
			if variant == "Authorization" {
				continue
			}
			sent = nil
			w := f.do("GET", getPath, nil, "Authorization", "Bearer mine", variant, "Bearer other", variant, "1n")
			if w.Code != http.StatusOK {
				t.Errorf("%s: status %d: %s", variant, w.Code, w.Body)
			}
			keys := slices.Sorted(maps.Keys(sent))
			if !slices.Equal(keys, []string{"authorization", "holdplane-client", "x-request-id"}) || !slices.Equal(sent["authorization"], []string{"Bearer mine"}) ||
				!slices.Equal(sent["x-request-id"], w.Header()["Unkey-Request-Id"]) || !slices.Equal(sent["holdplane-client"], []string{"192.0.2.1"}) {
				t.Errorf("%s: services got %v", variant, sent)
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d names were tried", n)
	}
}

// talkative is a connection whose peer sends headers and trailers of its own.
type talkative struct{ grpc.ClientConnInterface }

func (c talkative) Invoke(ctx context.Context, method string, in, out any, opts ...grpc.CallOption) error {
	md := metadata.Pairs("set-cookie", "a=b", "location", "https://evil.example", "x-internal", "1", "content-type", "text/html")
	for _, o := range opts {
		switch o := o.(type) {
		case grpc.HeaderCallOption:
			*o.HeaderAddr = md
		case grpc.TrailerCallOption:
			*o.TrailerAddr = md
		}
	}
	return c.ClientConnInterface.Invoke(ctx, method, in, out, opts...)
}

func TestClientsSeeAClosedListOfHeaders(t *testing.T) {
	f := start(t, &service{}, func(c *gateway.Config) {
		quiet := c.Conn
		c.Conn = func(s string) grpc.ClientConnInterface { return talkative{quiet(s)} }
	})
	w := f.do("GET", getPath, nil, "Te", "trailers")
	want := []string{
		"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Content-Length", "Content-Type",
		"Unkey-Request-Id", "X-Content-Type-Options",
	}
	if got := slices.Sorted(maps.Keys(w.Header())); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Whatever a path looks like, nothing is redirected and nobody's identity is read.
func TestOddPaths(t *testing.T) {
	called := false
	f := start(t, &service{get: func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		called = true
		return &identityv1.GetIdentityResponse{}, nil
	}})
	for _, path := range []string{
		"/v1%2fidentities.getIdentity", "/v1/%2e%2e/v1/identities.getIdentity", "/v1/../v1/identities.getIdentity", "/./v1/identities.getIdentity",
		"//v1/identities.getIdentity", "/v1//identities.getIdentity", "/v1/identities.getIdentity/", "/v1/identities.getIdentity%00",
		"/v1/identities.getIdentity%2f", "/v1/identities%2egetIdentity", "/v1/identities.getIdentity;a=b", "/v1/identities.getIdentity%3fx=1",
		"/v1/identities.getIdentity%20", "/v1/identities.getidentity", "/V1/identities.getIdentity", "/v1/identities.getIdentity:verb",
		"/v1/%c0%ae%c0%ae/identities.getIdentity", "/v1/identities.get%c1%89dentity", "/v1/%ef%bc%8fidentities.getIdentity", "/v1/%ff.%fe",
		"/v1/identities.getIdentity%252f", "/docs/../v1/identities.getIdentity", "/docs/", "/docs/errors/unkey/", "/docs/errors/unkey/../unkey/CONFLICT",
		"/docs/%2e%2e/secrets", "/healthz/", "/healthz/../readyz", "/metrics", "/debug/pprof/", "/v1/.", "/v1/..", "/" + strings.Repeat("a/", 5000),
	} {
		w := f.do("GET", path, nil)
		if code(t, w); w.Code != http.StatusNotFound || called {
			t.Errorf("%.60s: got %d, called: %v", path, w.Code, called)
		}
	}
}

func TestMethods(t *testing.T) {
	f := start(t, &service{})
	tests := []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", getPath, 200, ""},
		{"HEAD", getPath, 200, ""},
		{"POST", getPath, 405, "GET, HEAD"},
		{"PUT", getPath, 405, "GET, HEAD"},
		{"TRACE", getPath, 405, "GET, HEAD"},
		{"get", getPath, 405, "GET, HEAD"},
		{"BREW", createPath, 405, "POST"},
		{"OPTIONS", createPath, 204, ""},
		{"POST", "/healthz", 405, "GET, HEAD"},
		{"DELETE", "/docs", 405, "GET, HEAD"},
		{"DELETE", "/nowhere", 404, ""},
	}
	for _, tt := range tests {
		w := f.do(tt.method, tt.path, nil)
		if w.Code != tt.status || w.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s: got %d, allow %q; want %d, %q", tt.method, tt.path, w.Code, w.Header().Get("Allow"), tt.status, tt.allow)
		}
		if tt.status >= 400 {
			code(t, w)
		}
		if tt.method == "HEAD" && (w.Body.Len() != 0 || w.Header().Get("Content-Length") == "") {
			t.Errorf("HEAD: body %q, length %q", w.Body, w.Header().Get("Content-Length"))
		}
	}
}

func TestMethodOverrideIsIgnored(t *testing.T) {
	f := start(t, &service{create: func(context.Context, *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error) {
		t.Error("the override was followed")
		return nil, nil
	}})
	w := f.do("GET", createPath, nil, "X-HTTP-Method-Override", "POST", "Content-Type", "application/x-www-form-urlencoded")
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("got %d", w.Code)
	}
}

// document is a body of n bytes.
func document(n int) string {
	const head, tail = `{"externalId":"abc","x":"`, `"}`
	return head + strings.Repeat("a", n-len(head)-len(tail)) + tail
}

func TestBodySizes(t *testing.T) {
	const limit = 1 << 20
	f := start(t, &service{})
	for _, tt := range []struct {
		name         string
		size, status int
	}{{"under", limit - 1, 200}, {"at", limit, 200}, {"over", limit + 1, 413}} {
		for _, chunked := range []bool{false, true} {
			r := httptest.NewRequest("POST", createPath, strings.NewReader(document(tt.size)))
			if chunked {
				r.ContentLength = -1
			}
			if w := f.send(r); w.Code != tt.status {
				t.Errorf("%s the limit, chunked %v: got %d %s", tt.name, chunked, w.Code, w.Body)
			}
		}
	}
}

// Of a refused body no more is read than a body may have, and of one that is declared
// too large nothing; what may be is read to its end, so that a client that is still
// sending sees the answer and not a reset connection.
func TestRefusedBodies(t *testing.T) {
	const limit = 1 << 20
	f := start(t, &service{})
	for _, tt := range []struct {
		name, method, path, header, value string
		length                            int64
		status                            int
		read                              int64
	}{
		{name: "declared too large", method: "POST", path: createPath, length: 100 << 20, status: 413},
		{name: "a read with a large body", method: "GET", path: getPath, length: 100 << 20, status: 200},
		{name: "compressed", method: "POST", path: createPath, header: "Content-Encoding", value: "br", length: -1, status: 415, read: limit},
		{name: "a form", method: "POST", path: createPath, header: "Content-Type", value: "multipart/form-data; boundary=x", length: 500, status: 415, read: 500},
		{name: "no such route", method: "POST", path: "/v1/a.b", length: -1, status: 404, read: limit},
		{name: "another method", method: "POST", path: getPath, length: 500, status: 405, read: 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := &endless{left: 100 << 20}
			if tt.length >= 0 {
				body.left = tt.length
			}
			r := httptest.NewRequest(tt.method, tt.path, body)
			r.ContentLength = tt.length
			if tt.header != "" {
				r.Header.Set(tt.header, tt.value)
			}
			if w := f.send(r); w.Code != tt.status || body.read != tt.read {
				t.Errorf("got %d with %d bytes read, want %d with %d: %s", w.Code, body.read, tt.status, tt.read, w.Body)
			}
		})
	}
}

// endless is a long body that counts what is read of it.
type endless struct{ left, read int64 }

func (e *endless) Read(b []byte) (int, error) {
	n := min(int64(len(b)), e.left)
	e.left, e.read = e.left-n, e.read+n
	if n == 0 {
		return 0, io.EOF
	}
	return int(n), nil
}

func TestBodyThatBreaksOff(t *testing.T) {
	f := start(t, &service{})
	w := f.do("POST", createPath, io.MultiReader(strings.NewReader(`{"exter`), brokenReader{}))
	if w.Code != http.StatusBadRequest || code(t, w) != "BAD_REQUEST" || strings.Contains(w.Body.String(), "EOF") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A URL that is too long gets the envelope; net/http's own answer would be plain text,
// which makes an SDK's JSON parser throw.
func TestLongURLs(t *testing.T) {
	f := start(t, &service{})
	w := f.do("GET", getPath+"?externalId="+strings.Repeat("z", 60_000), nil)
	if w.Code != http.StatusBadRequest || code(t, w) != "BAD_REQUEST" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
