package identity

import (
	"context"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// livenessV2 serves LivenessService of v2.
type livenessV2 struct {
	identityv2.UnimplementedLivenessServiceServer
	s *Service
}

func (l livenessV2) GetLiveness(ctx context.Context, _ *identityv2.GetLivenessRequest) (*identityv2.GetLivenessResponse, error) {
	if err := l.s.alive(ctx); err != nil {
		return nil, err
	}
	return &identityv2.GetLivenessResponse{Message: "we're cooking"}, nil
}
