package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/holdplane/holdplane/gateway"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// getting is a service whose GetIdentity does what f does.
func getting(f func(context.Context) error) *service {
	return &service{get: func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		return &identityv1.GetIdentityResponse{}, f(ctx)
	}}
}

func TestSlowServiceMeetsTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, getting(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }))
		begin := time.Now()
		w := f.do("GET", getPath, nil, "Grpc-Timeout", "1S")
		if w.Code != http.StatusGatewayTimeout || code(t, w) != "INTERNAL_SERVER_ERROR" {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if took := time.Since(begin); took != 10*time.Second {
			t.Errorf("it took %v, want 10 s", took)
		}
	})
}

func TestDeadlineIsConfigurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left time.Duration
		f := start(t, getting(func(ctx context.Context) error {
			end, _ := ctx.Deadline()
			left = time.Until(end)
			return nil
		}), func(c *gateway.Config) { c.Timeout = time.Minute })
		if f.do("GET", getPath, nil); left != time.Minute {
			t.Errorf("the service has %v", left)
		}
	})
}

func TestClientThatWentAway(t *testing.T) {
	f := start(t, getting(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f.send(httptest.NewRequestWithContext(ctx, "GET", getPath, nil))
	if got := f.lines(t)[0]["status"]; got != float64(gateway.StatusClientClosedRequest) {
		t.Errorf("logged status %v", got)
	}
}

// What fails on the way to a service passes: clients repeat 503, and learn nothing of
// the network. The log names the cause.
func TestUnreachableService(t *testing.T) {
	for _, err := range []error{
		status.Error(codes.Unavailable, "dial tcp 10.1.2.3:8081: refused"),
		status.Error(codes.Canceled, "10.1.2.3 is shutting down"),
	} {
		f := start(t, getting(func(context.Context) error { return err }))
		w := f.do("GET", getPath, nil)
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "10.1.2.3") {
			t.Errorf("%v: got %d %s", err, w.Code, w.Body)
		}
		if !strings.Contains(f.log.String(), "10.1.2.3") {
			t.Errorf("the log has no cause: %s", f.log)
		}
	}
}

func TestInternalsStayInside(t *testing.T) {
	for _, err := range []error{
		errors.New("open /var/lib/holdplane/identity.db: bad magic"),
		status.Error(codes.Internal, "open /var/lib/holdplane/identity.db: bad magic"),
		status.Error(codes.Unknown, "goroutine 1 [running]"),
		status.Error(codes.Code(99), "goroutine 1 [running]"),
	} {
		w := start(t, getting(func(context.Context) error { return err })).do("GET", getPath, nil)
		if body := w.Body.String(); w.Code != http.StatusInternalServerError || strings.Contains(body, "holdplane/") || strings.Contains(body, "goroutine") {
			t.Errorf("%v: got %d %s", err, w.Code, w.Body)
		}
	}
}

func TestPanics(t *testing.T) {
	f := start(t, getting(func(context.Context) error { panic("hp_root_secret") }))
	for range 2 {
		w := f.do("GET", getPath, nil)
		if w.Code != http.StatusInternalServerError || code(t, w) != "INTERNAL_SERVER_ERROR" {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
	if n := f.counter(t, "holdplane_gateway_panics_total"); n != 2 {
		t.Errorf("%v panics are counted", n)
	}
	log := f.log.String()
	if !strings.Contains(log, "trouble_test.go") || strings.Contains(log, "hp_root_secret") {
		t.Errorf("the log must have the stack and not the value: %s", log)
	}
}

// net/http's own way to drop a connection stays one.
func TestAbortedHandler(t *testing.T) {
	f := start(t, getting(func(context.Context) error { panic(http.ErrAbortHandler) }))
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v", v)
		}
	}()
	f.do("GET", getPath, nil)
	t.Error("the panic was swallowed")
}
