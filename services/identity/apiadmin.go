package identity

import (
	"cmp"
	"context"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// apiAdmin serves ApiAdminService.
type apiAdmin struct {
	identityv1.UnimplementedApiAdminServiceServer
	s *Service
}

func (a apiAdmin) ListApis(ctx context.Context, r *identityv1.ListApisRequest) (*identityv1.ListApisResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	list := page.Scope{Method: identityv1.ApiAdminService_ListApis_FullMethodName, Tenant: r.GetTenant()}
	after, err := a.s.deps.Cursors.Decode(list, r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var found []*storev1.Api
	var next []byte
	err = a.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if err := a.s.tables.requireTenant(tx, r.GetTenant()); err != nil {
			return err
		}
		size := cmp.Or(int(r.GetPageSize()), page.DefaultSize)
		rows := a.s.tables.apis.All(tx, scopeOf(r), table.Page{After: after, Limit: size + 1})
		found, next, err = a.s.tables.apis.Take(rows, size)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer := &identityv1.ListApisResponse{}
	for _, m := range found {
		answer.Apis = append(answer.Apis, &identityv1.Api{
			Id: m.GetId(), Name: m.GetName(), CreatedAtMs: m.GetCreatedAtMs(), DeleteProtected: m.GetDeleteProtected(),
		})
	}
	answer.NextPageToken, err = a.s.deps.Cursors.Encode(list, next)
	return answer, err
}

func (a apiAdmin) ProtectApi(ctx context.Context, r *identityv1.ProtectApiRequest) (*identityv1.ProtectApiResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	event := "api.protect"
	if !r.GetProtected() {
		event = "api.unprotect"
	}
	done := audit.Event(ctx, event, r.GetApiId())
	err := a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := a.s.tables.requireTenant(tx, r.GetTenant()); err != nil {
			return err
		}
		old, err := a.s.tables.api(tx, tenant.ID(r.GetTenant()), r.GetApiId())
		if err != nil || old.GetDeleteProtected() == r.GetProtected() {
			return err
		}
		m := proto.CloneOf(old)
		m.DeleteProtected = r.GetProtected()
		if err := a.s.tables.apis.Replace(tx, scopeOf(r), old, m); err != nil {
			return err
		}
		return a.s.tables.audit.Write(tx, scopeOf(r), done)
	})
	return &identityv1.ProtectApiResponse{}, err
}
