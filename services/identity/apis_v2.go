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

func (a apisV2) ListKeys(ctx context.Context, r *identityv2.ListKeysRequest) (*identityv2.ListKeysResponse, error) {
	found, err := a.s.listKeys(ctx, keyList{
		method: identityv2.ApiService_ListKeys_FullMethodName, api: r.GetApiId(), limit: int(r.GetLimit()),
		externalID: r.GetExternalId(), cursor: r.GetCursor(), decrypt: r.GetDecrypt(),
	})
	if err != nil {
		return nil, err
	}
	answer := &identityv2.ListKeysResponse{Pagination: &identityv2.Pagination{
		Cursor: some(found.cursor), HasMore: found.cursor != "",
	}}
	for _, v := range found.keys {
		answer.Keys = append(answer.Keys, shownKeyV2(v))
	}
	return answer, nil
}

func (a apisV2) DeleteApi(ctx context.Context, r *identityv2.DeleteApiRequest) (*identityv2.DeleteApiResponse, error) {
	return &identityv2.DeleteApiResponse{}, a.s.deleteAPI(ctx, r.GetApiId())
}
