package rpc_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// connect serves g on a socket and returns a connection to it.
func connect(t *testing.T, g *grpc.Server) *grpc.ClientConn {
	t.Helper()
	c, _ := connectAt(t, g, "unix://"+filepath.Join(t.TempDir(), "s"))
	return c
}

// connectTCP does so over the loopback network.
func connectTCP(t *testing.T, g *grpc.Server) *grpc.ClientConn {
	t.Helper()
	c, _ := connectAt(t, g, "127.0.0.1:0")
	return c
}

// connectAt serves g until the test ends.
func connectAt(t *testing.T, g *grpc.Server, addr string) (c *grpc.ClientConn, host string) {
	t.Helper()
	on, err := rpc.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	if host = on.Addr().String(); !strings.HasPrefix(addr, "unix:") {
		addr = host
	}
	done := make(chan error, 1)
	go func() { done <- g.Serve(on) }()
	if c, err = rpc.Dial(addr); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		g.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return c, host
}

func TestLargeMessages(t *testing.T) {
	g := rpc.NewServer(rpc.ServerOptions{})
	identityv1.RegisterIdentityServiceServer(g, &service{get: func(_ context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		return &identityv1.GetIdentityResponse{ExternalId: r.GetIdentityId()}, nil
	}})
	c := identityv1.NewIdentityServiceClient(connect(t, g))
	for size, want := range map[int]codes.Code{12<<20 - 64: codes.OK, 12 << 20: codes.ResourceExhausted} {
		r, err := c.GetIdentity(t.Context(), &identityv1.GetIdentityRequest{IdentityId: proto.String(strings.Repeat("x", size))})
		if want == codes.OK && (err != nil || len(r.GetExternalId()) != size) {
			t.Errorf("%d bytes: %v", size, err)
		}
		if want != codes.OK && fault.From(err).Code != want {
			t.Errorf("%d bytes: got %v, want %v", size, err, want)
		}
	}
}

// TestSlowMessages sends half a message and then nothing: what has come of it must not be
// held longer than a call may take.
func TestSlowMessages(t *testing.T) {
	g := rpc.NewServer(rpc.ServerOptions{Longest: 50 * time.Millisecond})
	identityv1.RegisterIdentityServiceServer(g, &service{})
	_, host := connectAt(t, g, "127.0.0.1:0")
	var h2c http.Protocols
	h2c.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &h2c}
	defer transport.CloseIdleConnections()
	body, send := io.Pipe()
	defer send.Close()
	go send.Write([]byte{0, 0, 0, 0, 200, 'h', 'a', 'l', 'f'}) // fails at the test's end, if the server has not read it
	ctx, cancel := context.WithTimeout(t.Context(), rpc.LongestCall/2)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+host+identityv1.IdentityService_GetIdentity_FullMethodName, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("TE", "trailers")
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Error(err)
	}
	if got := answer.Header.Get("Grpc-Status") + answer.Trailer.Get("Grpc-Status"); got != "4" {
		t.Errorf("status %q, want that of DeadlineExceeded, 4", got)
	}
}
