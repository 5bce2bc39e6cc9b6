// Package roster knows which tenants there are, for services that keep rows of theirs. Only
// the operator names tenants; those of credentials are known.
package roster

import (
	"context"
	"errors"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// reasonUnknown is what identity says of a tenant that it doesn't know.
const reasonUnknown = "TENANT_NOT_FOUND"

// Roster is a service's way to ask for tenants.
type Roster struct {
	// Tenants is identity's, on the internal listener.
	Tenants identityv1.TenantServiceClient
	// Store has the service's rows.
	Store kv.Store
}

// Require refuses tenants that identity doesn't know or is deleting: NOT_FOUND.
func (r Roster) Require(ctx context.Context, id string) error {
	known, err := r.Tenants.GetTenant(ctx, &identityv1.GetTenantRequest{Id: id})
	if err == nil && known.GetTenant().GetDeleting() {
		return unknown(id)
	}
	return err
}

// Change runs an operator's change of a tenant's rows, which may run twice. A tenant that is
// deleted meanwhile either loses what was written or takes nothing more, so that nothing is
// left of it.
func (r Roster) Change(ctx context.Context, id string, change func(kv.Writer) error) error {
	if err := r.Require(ctx, id); err != nil {
		return err
	}
	err := r.Store.Update(ctx, change)
	if errors.Is(err, kv.ErrDestroyed) {
		return unknown(id)
	}
	return err
}

func unknown(id string) error {
	return fault.NotFound(reasonUnknown, "tenant %s does not exist", id)
}
