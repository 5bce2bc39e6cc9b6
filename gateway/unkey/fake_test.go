package unkey_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// identities is an identity service that keeps one tenant's identities in memory. It
// holds what the wire needs to be seen; the rules of the product are the real one's.
type identities struct {
	identityv1.UnimplementedIdentityServiceServer
	mu   sync.Mutex
	rows []*identityv1.GetIdentityResponse
}

func (s *identities) CreateIdentity(ctx context.Context, r *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error) {
	if _, err := auth.Require(ctx, "identity.*.create_identity"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, row := s.find("", r.GetExternalId()); row != nil {
		return nil, fault.AlreadyExists("IDENTITY_EXISTS", "Identity with externalId %q already exists in this workspace", r.GetExternalId())
	}
	row := &identityv1.GetIdentityResponse{
		Id: fmt.Sprintf("id_%04d", len(s.rows)+1), ExternalId: r.GetExternalId(),
		Meta: cmp.Or(r.GetMeta(), "{}"), Ratelimits: r.GetRatelimits(),
	}
	s.rows = append(s.rows, row)
	return &identityv1.CreateIdentityResponse{IdentityId: row.GetId()}, nil
}

func (s *identities) GetIdentity(_ context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.IdentityId == nil && r.ExternalId == nil {
		return nil, fault.InvalidArgument(fault.ReasonInvalid, "Provide either identityId or externalId")
	}
	_, row := s.find(r.GetIdentityId(), r.GetExternalId())
	if row == nil {
		return nil, missing(r.GetIdentityId(), r.GetExternalId())
	}
	return row, nil
}

func (s *identities) ListIdentities(_ context.Context, r *identityv1.ListIdentitiesRequest) (*identityv1.ListIdentitiesResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := &identityv1.ListIdentitiesResponse{Total: int64(len(s.rows))}
	limit := 100
	if r.Limit != nil {
		limit = int(r.GetLimit())
	}
	for _, row := range s.rows {
		if row.GetId() <= r.GetCursor() {
			continue
		}
		if len(answer.Identities) == limit {
			last := answer.Identities[limit-1].GetId()
			answer.Cursor = &last
			break
		}
		answer.Identities = append(answer.Identities, &identityv1.ListedIdentity{
			Id: row.GetId(), ExternalId: row.GetExternalId(), Ratelimits: row.GetRatelimits(),
		})
	}
	return answer, nil
}

func (s *identities) UpdateIdentity(_ context.Context, r *identityv1.UpdateIdentityRequest) (*identityv1.UpdateIdentityResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, row := s.find(r.GetIdentityId(), r.GetExternalId())
	if row == nil {
		return nil, missing(r.GetIdentityId(), r.GetExternalId())
	}
	for _, field := range r.GetUpdateMask().GetPaths() {
		switch field {
		case "meta":
			row.Meta = r.GetMeta()
		case "ratelimits":
			row.Ratelimits = r.GetRatelimits()
		}
	}
	return &identityv1.UpdateIdentityResponse{Id: row.GetId(), ExternalId: row.GetExternalId(), Meta: row.GetMeta(), Ratelimits: row.GetRatelimits()}, nil
}

func (s *identities) DeleteIdentity(_ context.Context, r *identityv1.DeleteIdentityRequest) (*identityv1.DeleteIdentityResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, row := s.find(r.GetIdentityId(), "")
	if row == nil {
		return nil, missing(r.GetIdentityId(), "")
	}
	s.rows = slices.Delete(s.rows, i, i+1)
	return &identityv1.DeleteIdentityResponse{}, nil
}

func (s *identities) find(identityID, externalID string) (int, *identityv1.GetIdentityResponse) {
	for i, row := range s.rows {
		if identityID == row.GetId() || identityID == "" && externalID == row.GetExternalId() {
			return i, row
		}
	}
	return 0, nil
}

func missing(identityID, externalID string) error {
	return fault.NotFound("IDENTITY_UNKNOWN", "Identity %s not found", cmp.Or(identityID, externalID))
}

type liveness struct {
	identityv1.UnimplementedLivenessServiceServer
}

func (liveness) GetLiveness(context.Context, *identityv1.GetLivenessRequest) (*identityv1.GetLivenessResponse, error) {
	return &identityv1.GetLivenessResponse{Status: "we're so back", Services: &identityv1.LivenessComponents{
		Metrics: "prometheus", Logger: "slog", Ratelimit: "memory", Usagelimit: "memory",
	}}, nil
}

// The keys that the tests' services know.
const (
	rootKey    = "hp_root_all"
	readerKey  = "hp_root_reader"
	sessionKey = "session"
)

type keyring struct{}

func (keyring) Verify(_ context.Context, d auth.Digest) (*auth.Principal, error) {
	switch d {
	case auth.DigestOf(rootKey):
		return auth.Principal{Kind: auth.KindRootKey, Tenant: "acme"}.Grant("*"), nil
	case auth.DigestOf(readerKey):
		return auth.Principal{Kind: auth.KindRootKey, Tenant: "acme"}.Grant("identity.*.read_identity"), nil
	case auth.DigestOf(sessionKey):
		return &auth.Principal{Kind: auth.KindOpaqueSession, Tenant: "acme"}, nil
	}
	return nil, fault.Unauthenticated(fault.ReasonCredentialBad, "no credential has this digest")
}

// handler is a gateway with the services above behind it, in one process.
func handler(tb testing.TB) http.Handler {
	tb.Helper()
	valid, err := rpc.NewValidator()
	if err != nil {
		tb.Fatal(err)
	}
	door := &auth.Door{
		Verifier: keyring{},
		Public: map[string]bool{
			identityv1.LivenessService_GetLiveness_FullMethodName: true, identityv2.LivenessService_GetLiveness_FullMethodName: true,
		},
		Accept: auth.RootKeys,
	}
	local := rpc.NewLocal(door.Unary, valid.Unary)
	identityv1.RegisterIdentityServiceServer(local, &identities{})
	identityv1.RegisterLivenessServiceServer(local, liveness{})
	registerV2(local)
	return over(tb, local, slog.DiscardHandler)
}

// over is a gateway in front of services in this process.
func over(tb testing.TB, local *rpc.Local, log slog.Handler) http.Handler {
	tb.Helper()
	h, err := gateway.New(tb.Context(), gateway.Config{
		Dialects: []gateway.Dialect{unkey.V1(), unkey.V2()},
		Conn:     func(string) grpc.ClientConnInterface { return local },
		Log:      slog.New(log),
		Metrics:  prometheus.NewRegistry(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// serve starts the handler and returns its address.
func serve(tb testing.TB) string {
	tb.Helper()
	s := httptest.NewServer(handler(tb))
	tb.Cleanup(s.Close)
	return s.URL
}
