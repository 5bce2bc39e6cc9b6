package identity

import (
	"cmp"
	"context"
	"time"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// apis serves ApiService of v1.
type apis struct {
	identityv1.UnimplementedApiServiceServer
	s *Service
}

func (a apis) CreateApi(ctx context.Context, r *identityv1.CreateApiRequest) (*identityv1.CreateApiResponse, error) {
	id, err := a.s.createAPI(ctx, r.GetName())
	return &identityv1.CreateApiResponse{ApiId: id}, err
}

func (a apis) GetApi(ctx context.Context, r *identityv1.GetApiRequest) (*identityv1.GetApiResponse, error) {
	m, err := a.s.getAPI(ctx, r.GetApiId())
	return &identityv1.GetApiResponse{Id: m.GetId(), WorkspaceId: string(auth.From(ctx).Tenant), Name: m.GetName()}, err
}

func (a apis) ListKeys(ctx context.Context, r *identityv1.ListKeysRequest) (*identityv1.ListKeysResponse, error) {
	found, err := a.s.listKeys(ctx, keyList{
		method: identityv1.ApiService_ListKeys_FullMethodName, api: r.GetApiId(), limit: int(r.GetLimit()),
		externalID: cmp.Or(r.GetExternalId(), r.GetOwnerId()), cursor: r.GetCursor(), decrypt: r.GetDecrypt(), counted: true,
	})
	if err != nil {
		return nil, err
	}
	answer := &identityv1.ListKeysResponse{Cursor: some(found.cursor), Total: found.total}
	for _, v := range found.keys {
		answer.Keys = append(answer.Keys, shownKeyV1(v))
	}
	return answer, nil
}

func (a apis) DeleteApi(ctx context.Context, r *identityv1.DeleteApiRequest) (*identityv1.DeleteApiResponse, error) {
	return &identityv1.DeleteApiResponse{}, a.s.deleteAPI(ctx, r.GetApiId())
}

func (a apis) DeleteKeys(ctx context.Context, r *identityv1.DeleteKeysRequest) (*identityv1.DeleteKeysResponse, error) {
	n, err := a.s.deleteKeys(ctx, r.GetApiId())
	return &identityv1.DeleteKeysResponse{DeletedKeys: n}, err
}

// createAPI returns the id of a new API.
func (s *Service) createAPI(ctx context.Context, name string) (string, error) {
	p, err := auth.Require(ctx, anyAPI(actionCreateAPI))
	if err != nil {
		return "", err
	}
	m := &storev1.Api{Id: id.New("api"), Name: name, CreatedAtMs: time.Now().UnixMilli()}
	done := audit.Event(ctx, "api.create", m.GetId())
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := s.tables.apis.Insert(tx, table.Of(p.Tenant), m); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done)
	})
	return m.GetId(), err
}

func (s *Service) getAPI(ctx context.Context, id string) (m *storev1.Api, err error) {
	p, err := requireAPI(ctx, id, actionReadAPI)
	if err != nil {
		return nil, err
	}
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err = s.tables.api(tx, p.Tenant, id)
		return err
	})
	return m, err
}
