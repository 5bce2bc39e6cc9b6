package barbican_test

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
	"github.com/holdplane/holdplane/gateway/barbican"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// public is the address that the gateways of these tests are known by.
const public = "https://keys.example.com"

// scripted is a connection that notes what it is asked, but for who the caller is, and answers
// what it was told.
type scripted struct {
	grpc.ClientConnInterface
	asked  proto.Message
	sent   metadata.MD
	answer proto.Message
	err    error
}

func (c *scripted) Invoke(ctx context.Context, rpc string, in, out any, _ ...grpc.CallOption) error {
	if rpc == secretv1.KeyManagerService_GetVersion_FullMethodName {
		return c.err
	}
	c.asked = in.(proto.Message)
	c.sent, _ = metadata.FromOutgoingContext(ctx)
	if c.answer != nil {
		proto.Merge(out.(proto.Message), c.answer)
	}
	return c.err
}

// over is a gateway in front of a connection.
func over(tb testing.TB, conn grpc.ClientConnInterface, publicURL string) http.Handler {
	tb.Helper()
	h, err := gateway.New(tb.Context(), gateway.Config{
		Dialects: []gateway.Dialect{barbican.Dialect()}, Conn: func(string) grpc.ClientConnInterface { return conn },
		Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), PublicURL: publicURL,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// send makes a call: a method and a target, a body and pairs of headers. It brings a token and
// JSON unless they say otherwise.
func send(tb testing.TB, h http.Handler, call, body string, header ...string) *httptest.ResponseRecorder {
	tb.Helper()
	method, target, _ := strings.Cut(call, " ")
	r := httptest.NewRequestWithContext(tb.Context(), method, target, strings.NewReader(body))
	r.Header.Set("X-Auth-Token", "t")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
