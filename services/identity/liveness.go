package identity

import (
	"cmp"
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
	if err := l.s.alive(ctx); err != nil {
		return nil, err
	}
	return &identityv1.GetLivenessResponse{
		Status: "we're so back",
		Services: &identityv1.LivenessComponents{
			// Credits are counted where they are kept.
			Metrics: "prometheus", Logger: "slog", Ratelimit: cmp.Or(l.s.deps.Counters, "memory"), Usagelimit: "store",
		},
	}, nil
}

// alive fails while the store can't be read.
func (s *Service) alive(ctx context.Context) error {
	if err := s.deps.Store.View(ctx, func(kv.Reader) error { return nil }); err != nil {
		return fault.Unavailable("the store can't be read").Because(err)
	}
	return nil
}
