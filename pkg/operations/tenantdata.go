package operations

import (
	"context"
	"time"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// tenantData serves TenantDataService.
type tenantData struct {
	operationsv1.UnimplementedTenantDataServiceServer
	s *Server
}

// DeleteTenantData works in many small transactions: a call that is cut short has done
// its part, and the next one goes on from there.
func (t tenantData) DeleteTenantData(ctx context.Context, r *operationsv1.DeleteTenantDataRequest) (*operationsv1.DeleteTenantDataResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if r.GetTenant() == "" {
		// The scope of no tenant is the installation's own.
		return nil, fault.Invalid(fault.Violation{Field: "tenant", Rule: "string.min_len", Limit: "1", Message: "must name a tenant"})
	}
	store, err := t.s.store(r.GetService())
	if err != nil {
		return nil, err
	}
	if store.Leave != nil {
		if err := store.Leave(ctx, tenant.ID(r.GetTenant())); err != nil {
			return nil, err
		}
	}
	now := time.Now()
	err = store.Tables.Empty(ctx, store.KV, table.Of(tenant.ID(r.GetTenant())), func(tx kv.Writer) error {
		return store.Destroy(tx, r.GetTenant(), now)
	})
	if err != nil {
		return nil, err
	}
	return &operationsv1.DeleteTenantDataResponse{}, nil
}
