package rpc_test

import (
	"context"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// BenchmarkLocal is what a call in process costs beside its interceptors and handler.
func BenchmarkLocal(b *testing.B) {
	l := rpc.NewLocal()
	answer := &identityv1.GetIdentityResponse{}
	identityv1.RegisterIdentityServiceServer(l, &service{get: func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		return answer, nil
	}})
	c := identityv1.NewIdentityServiceClient(l)
	ctx := metadata.AppendToOutgoingContext(b.Context(), "authorization", "Bearer x", "x-request-id", "req_1")
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.GetIdentity(ctx, request); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("header", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var header metadata.MD
			if _, err := c.GetIdentity(ctx, request, grpc.Header(&header)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
