// Package floor has the bare things that holdplane is measured against: what remains
// when everything it does for its callers is left out.
package floor

import (
	"context"
	"net"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	gateway "github.com/holdplane/holdplane/gen/gateway/holdplane/identity/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// Sample is the identity that floors answer with, and that holdplane is filled with.
var Sample = &identityv1.GetIdentityResponse{
	Id:         "id_3ZkQe8Jx7oZB2uX9hQ4tVw",
	ExternalId: "user_2f8c1f0e5b7a4c39",
	Meta:       `{"plan":"enterprise","region":"eu-central-1","team":"platform-infrastructure"}`,
	Ratelimits: []*identityv1.Ratelimit{
		{Name: "requests", Limit: 1000, Duration: 60_000},
		{Name: "tokens", Limit: 200_000, Duration: 3_600_000},
	},
}

// echo answers without looking anything up.
type echo struct {
	identityv1.UnimplementedIdentityServiceServer
}

func (echo) GetIdentity(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
	return Sample, nil
}

// Direct serves a stock grpc-gateway that calls the handlers itself: the least that one
// process can do with it. It skips what grpc interceptors would do.
func Direct(ctx context.Context, on net.Listener) error {
	mux := runtime.NewServeMux()
	if err := gateway.RegisterIdentityServiceHandlerServer(ctx, mux, echo{}); err != nil {
		return err
	}
	return http.Serve(on, mux)
}

// Gateway serves a stock grpc-gateway in front of the gRPC server at upstream.
func Gateway(ctx context.Context, on net.Listener, upstream string) error {
	mux := runtime.NewServeMux()
	plain := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if err := gateway.RegisterIdentityServiceHandlerFromEndpoint(ctx, mux, upstream, plain); err != nil {
		return err
	}
	return http.Serve(on, mux)
}

// GRPC serves a bare gRPC server.
func GRPC(on net.Listener) error {
	s := grpc.NewServer()
	identityv1.RegisterIdentityServiceServer(s, echo{})
	return s.Serve(on)
}
