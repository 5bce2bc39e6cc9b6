package unkey_test

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

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	"github.com/holdplane/holdplane/pkg/fault"
)

// metered is a connection whose peer tells of a quota, used up or not.
type metered struct {
	grpc.ClientConnInterface
	left string
}

func (c metered) Invoke(_ context.Context, _ string, _, _ any, opts ...grpc.CallOption) error {
	for _, o := range opts {
		if h, ok := o.(grpc.HeaderCallOption); ok && c.left != "" {
			*h.HeaderAddr = metadata.Pairs("ratelimit-limit", "100", "ratelimit-remaining", c.left, "ratelimit-reset", "30")
		}
	}
	if c.left == "0" {
		return fault.ResourceExhausted("QUOTA_EXCEEDED", "the quota is used up")
	}
	return nil
}

func TestQuotaHeaders(t *testing.T) {
	for _, tt := range []struct {
		name, left string
		status     int
		want       [4]string
	}{
		{"no quota", "", 200, [4]string{}},
		{"some left", "7", 200, [4]string{"100", "7", "30", ""}},
		{"used up", "0", 429, [4]string{"100", "0", "30", "30"}},
	} {
		h, err := gateway.New(t.Context(), gateway.Config{
			Dialects: []gateway.Dialect{unkey.V1(), unkey.V2()},
			Conn:     func(string) grpc.ClientConnInterface { return metered{left: tt.left} },
			Log:      slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/v1/identities.createIdentity", "/v2/identities.createIdentity"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(`{"externalId":"user_1"}`))
			r.Header.Set("Authorization", "Bearer "+rootKey)
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var got [4]string
			for i, name := range []string{"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"} {
				got[i] = w.Header().Get(name)
			}
			if w.Code != tt.status || got != tt.want {
				t.Errorf("%s, %s: got %d %q: %s", tt.name, path, w.Code, got, w.Body)
			}
			wantType := "application/json"
			if tt.status == http.StatusTooManyRequests && strings.HasPrefix(path, "/v2/") {
				wantType = "application/problem+json" // the only one @unkey/api 2.5.1 reads a 429 from
			}
			if got := w.Header().Get("Content-Type"); got != wantType {
				t.Errorf("%s, %s: type %s, want %s", tt.name, path, got, wantType)
			}
		}
	}
}
