package connectionvault

import (
	"context"
	"errors"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// requireTenant refuses tenants that identity doesn't know or is deleting. Only the operator
// names tenants; those of credentials are known.
func (s *Service) requireTenant(ctx context.Context, id string) error {
	r, err := s.deps.Tenants.GetTenant(ctx, &identityv1.GetTenantRequest{Id: id})
	if err == nil && r.GetTenant().GetDeleting() {
		return unknownTenant(id)
	}
	return err
}

// changeTenant runs an operator's change of a tenant's rows. A tenant that is deleted
// meanwhile either loses what was written or takes nothing more, so that nothing is left of
// it.
func (s *Service) changeTenant(ctx context.Context, id string, change func(kv.Writer) error) error {
	if err := s.requireTenant(ctx, id); err != nil {
		return err
	}
	err := s.deps.Store.Update(ctx, change)
	if errors.Is(err, kv.ErrDestroyed) {
		return unknownTenant(id)
	}
	return err
}

func unknownTenant(id string) error {
	return fault.NotFound(reasonTenantUnknown, "tenant %s does not exist", id)
}
