package floor

import (
	"context"
	"net"

	"google.golang.org/grpc"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// echoLimit answers every check with the same verdict.
type echoLimit struct {
	identityv2.UnimplementedRatelimitServiceServer
}

var verdict = &identityv2.LimitResponse{Limit: 1_000_000_000, Remaining: 999_999_999, Reset_: 1_900_000_000_000, Success: true}

func (echoLimit) Limit(context.Context, *identityv2.LimitRequest) (*identityv2.LimitResponse, error) {
	return verdict, nil
}

// Limit serves bare gRPC that counts nothing.
func Limit(on net.Listener) error {
	s := grpc.NewServer()
	identityv2.RegisterRatelimitServiceServer(s, echoLimit{})
	return s.Serve(on)
}
