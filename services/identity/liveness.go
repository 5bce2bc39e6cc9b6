package identity

import (
	"context"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// liveness serves LivenessService.
type liveness struct {
	identityv1.UnimplementedLivenessServiceServer
	s *Service
}

func (l liveness) GetLiveness(ctx context.Context, _ *identityv1.GetLivenessRequest) (*identityv1.GetLivenessResponse, error) {
	if err := l.s.deps.Store.View(ctx, func(kv.Reader) error { return nil }); err != nil {
		return nil, fault.Unavailable("the store can't be read").Because(err)
	}
	return &identityv1.GetLivenessResponse{
		Status: "we're so back",
		Services: &identityv1.LivenessComponents{
			Metrics: "prometheus", Logger: "slog", Ratelimit: "unavailable", Usagelimit: "unavailable",
		},
	}, nil
}
