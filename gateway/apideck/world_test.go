package apideck_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/apideck"
)

const (
	// public is the address that the gateways of these tests are known by.
	public = "https://vault.example.com"
	// pipedrive is the path of a connection.
	pipedrive = "/vault/connections/crm/pipedrive"
	// oldGo is the last SDK for Go that does not know option_type.
	oldGo = "speakeasy-sdk/go 0.8.0 2.563.0 10.9.1 github.com/apideck-libraries/sdk-go"
)

// scripted is a connection that notes what it is asked, answers what it was told, and tells
// of a quota that has so much left.
type scripted struct {
	grpc.ClientConnInterface
	rpc    string
	asked  proto.Message
	sent   metadata.MD
	answer proto.Message
	err    error
	left   string
}

func (c *scripted) Invoke(ctx context.Context, rpc string, in, out any, opts ...grpc.CallOption) error {
	c.rpc, c.asked = rpc, in.(proto.Message)
	c.sent, _ = metadata.FromOutgoingContext(ctx)
	for _, o := range opts {
		if h, ok := o.(grpc.HeaderCallOption); ok && c.left != "" {
			*h.HeaderAddr = metadata.Pairs("ratelimit-limit", "100", "ratelimit-remaining", c.left, "ratelimit-reset", "30")
		}
	}
	if c.answer != nil {
		proto.Merge(out.(proto.Message), c.answer)
	}
	return c.err
}

// wired is a connection that refuses, as one between processes does, what no message holds.
type wired struct{ grpc.ClientConnInterface }

func (c wired) Invoke(ctx context.Context, rpc string, in, out any, opts ...grpc.CallOption) error {
	if _, err := proto.Marshal(in.(proto.Message)); err != nil {
		return err
	}
	return c.ClientConnInterface.Invoke(ctx, rpc, in, out, opts...)
}

// over is a gateway in front of a connection. A site has the paths that browsers are led
// through.
func over(tb testing.TB, conn grpc.ClientConnInterface) http.Handler {
	tb.Helper()
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("a page")) })
	var sites []gateway.Site
	for _, prefix := range []string{"/vault/authorize", "/vault/callback", "/vault/revoke", "/vault/session", "/vault.js"} {
		sites = append(sites, gateway.Site{Name: "vault" + strings.ReplaceAll(prefix, "/", "-"), Prefix: prefix, Handler: page})
	}
	h, err := gateway.New(tb.Context(), gateway.Config{
		Dialects: []gateway.Dialect{apideck.Dialect()}, Sites: sites,
		Conn: func(string) grpc.ClientConnInterface { return wired{conn} },
		Log:  slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), PublicURL: public,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// send makes a call: a method and a target, a body and pairs of headers. It brings a key and
// says whom it is for unless they say otherwise.
func send(tb testing.TB, h http.Handler, call, body string, header ...string) *httptest.ResponseRecorder {
	tb.Helper()
	method, target, _ := strings.Cut(call, " ")
	r := httptest.NewRequestWithContext(tb.Context(), method, target, strings.NewReader(body))
	r.Header = http.Header{"Authorization": {"Bearer k"}, "X-Apideck-App-Id": {"shop"}, "X-Apideck-Consumer-Id": {"ann"}}
	for i := 0; i < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
