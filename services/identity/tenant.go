package identity

import (
	"errors"
	"iter"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// scopeOf is the scope of a tenant's row or request. Requests that come here have a
// tenant: requireTenant knows none without an id.
func scopeOf(m interface{ GetTenant() string }) table.Scope {
	return table.Of(tenant.ID(m.GetTenant()))
}

// tenant returns a tenant, deleted ones included.
func (t *tables) tenant(tx kv.Reader, id string) (*storev1.Tenant, error) {
	m, err := t.tenants.Get(tx, table.Global, id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, unknownTenant(id)
	}
	return m, err
}

// requireTenant is nil when a tenant can be given something new.
func (t *tables) requireTenant(tx kv.Reader, id string) error {
	_, err := t.liveTenant(tx, id)
	return err
}

// liveTenant returns a tenant that exists and is not being deleted. A deletion at the
// same time conflicts with whoever asked.
func (t *tables) liveTenant(tx kv.Reader, id string) (*storev1.Tenant, error) {
	m, err := t.tenant(tx, id)
	switch {
	case err != nil:
		return nil, err
	case erased(m):
		return nil, unknownTenant(id)
	case m.GetDeletedAtMs() != 0:
		return nil, fault.FailedPrecondition(reasonTenantDeleting, "tenant %s is being deleted", id)
	}
	return m, nil
}

// knownTenants yields the tenants behind a position, without those that are gone.
func (t *tables) knownTenants(tx kv.Reader, after []byte) iter.Seq2[*storev1.Tenant, error] {
	return func(yield func(*storev1.Tenant, error) bool) {
		for m, err := range t.tenants.All(tx, table.Global, table.Page{After: after}) {
			if err == nil && erased(m) {
				continue
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

func (t *tables) changeTenant(tx kv.Writer, old, m *storev1.Tenant, done audit.Entry) error {
	if err := t.tenants.Replace(tx, table.Global, old, m); err != nil {
		return err
	}
	return t.audit.Write(tx, table.Global, done)
}

// erased tells whether only the tombstone of a tenant is left.
func erased(m *storev1.Tenant) bool { return m.GetDeletedAtMs() != 0 && len(m.GetPending()) == 0 }

func unknownTenant(id string) error {
	return fault.NotFound(reasonTenantUnknown, "tenant %s does not exist", id)
}
