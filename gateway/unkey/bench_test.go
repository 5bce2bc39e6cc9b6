package unkey_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/identity/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// sample answers at once, so that only the gateway is measured.
type sample struct {
	identityv1.UnimplementedIdentityServiceServer
}

var answered = &identityv1.GetIdentityResponse{
	Id: "id_3ZkQe8Jx7oZB2uX9hQ4tVw", ExternalId: "user_2f8c1f0e5b7a4c39",
	Meta:       `{"plan":"enterprise","region":"eu-central-1","team":"platform-infrastructure"}`,
	Ratelimits: []*identityv1.Ratelimit{{Name: "requests", Limit: 1000, Duration: 60000}, {Name: "tokens", Limit: 200000, Duration: 3600000}},
}

func (sample) GetIdentity(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
	return answered, nil
}

func (sample) CreateIdentity(context.Context, *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error) {
	return &identityv1.CreateIdentityResponse{IdentityId: "id_3ZkQe8Jx7oZB2uX9hQ4tVw"}, nil
}

// created has no meta, which the floor takes for text.
const created = `{"externalId":"user_2f8c1f0e5b7a4c39",` +
	`"ratelimits":[{"name":"requests","limit":1000,"duration":60000},{"name":"tokens","limit":200000,"duration":3600000}]}`

// The floor is the generated gateway with its defaults, calling the server directly. The
// gateway has everything on: its in-process connection, log and metrics.
func BenchmarkGet(b *testing.B) {
	for _, bb := range handlers(b) {
		b.Run(bb.name, func(b *testing.B) {
			run(b, bb.h, http.MethodGet, "/v1/identities.getIdentity?identityId=id_3ZkQe8Jx7oZB2uX9hQ4tVw", "")
		})
	}
}

func BenchmarkCreate(b *testing.B) {
	for _, bb := range handlers(b) {
		b.Run(bb.name, func(b *testing.B) { run(b, bb.h, http.MethodPost, "/v1/identities.createIdentity", created) })
	}
}

// BenchmarkLimit is the envelope of v2, which has no floor.
func BenchmarkLimit(b *testing.B) {
	local := rpc.NewLocal()
	identityv2.RegisterRatelimitServiceServer(local, limitsV2{})
	run(b, over(b, local, slog.NewJSONHandler(io.Discard, nil)), http.MethodPost, "/v2/ratelimit.limit",
		`{"namespace":"api","identifier":"user_2f8c1f0e5b7a4c39","limit":1000,"duration":60000}`)
}

type named struct {
	name string
	h    http.Handler
}

func handlers(b *testing.B) []named {
	floor := runtime.NewServeMux()
	if err := gw.RegisterIdentityServiceHandlerServer(b.Context(), floor, sample{}); err != nil {
		b.Fatal(err)
	}
	local := rpc.NewLocal()
	identityv1.RegisterIdentityServiceServer(local, sample{})
	return []named{{"floor", floor}, {"gateway", over(b, local, slog.NewJSONHandler(io.Discard, nil))}}
}

func run(b *testing.B, h http.Handler, method, target, body string) {
	b.ReportAllocs()
	w := &sink{header: http.Header{}}
	base := httptest.NewRequest(method, target, strings.NewReader(body))
	base.Header = http.Header{
		"Authorization": {"Bearer hp_root_3ZkQe8Jx7oZB2uX9hQ4tVw"}, "Accept": {"application/json"}, "User-Agent": {"bench"},
	}
	if body != "" {
		base.Header.Set("Content-Type", "application/json")
	}
	for b.Loop() {
		r := *base
		r.Body = io.NopCloser(strings.NewReader(body))
		clear(w.header)
		w.status = http.StatusOK
		h.ServeHTTP(w, &r)
		if w.status != http.StatusOK {
			b.Fatalf("status %d", w.status)
		}
	}
}

// sink is a ResponseWriter that keeps the status only.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
