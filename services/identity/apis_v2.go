package identity

import (
	"context"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// apisV2 serves ApiService of v2.
type apisV2 struct {
	identityv2.UnimplementedApiServiceServer
	s *Service
}

func (a apisV2) CreateApi(ctx context.Context, r *identityv2.CreateApiRequest) (*identityv2.CreateApiResponse, error) {
	id, err := a.s.createAPI(ctx, r.GetName())
	return &identityv2.CreateApiResponse{ApiId: id}, err
}

func (a apisV2) GetApi(ctx context.Context, r *identityv2.GetApiRequest) (*identityv2.GetApiResponse, error) {
	m, err := a.s.getAPI(ctx, r.GetApiId())
	return &identityv2.GetApiResponse{Id: m.GetId(), Name: m.GetName()}, err
}
