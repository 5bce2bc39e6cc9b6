package connectionvault

import (
	"context"
	"errors"
	"slices"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// ofOperator are requests of the operator's that name an application.
type ofOperator interface {
	GetTenant() string
	GetApplicationId() string
}

// application is the one that the operator names.
func (s *Service) application(ctx context.Context, r ofOperator) (m *storev1.VaultApplication, err error) {
	if err := s.tenants.Require(ctx, r.GetTenant()); err != nil {
		return nil, err
	}
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err = s.tables.application(tx, r)
		return err
	})
	return m, err
}

func (t *tables) application(tx kv.Reader, r ofOperator) (*storev1.VaultApplication, error) {
	m, err := t.applications.Get(tx, scope(tenant.ID(r.GetTenant())), r.GetApplicationId())
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonAppUnknown, "tenant %s has no application %s", r.GetTenant(), r.GetApplicationId())
	}
	return m, err
}

// SetIntegration replaces all of an integration that is there but when it was made.
func (o operator) SetIntegration(ctx context.Context, r *connectionvaultv1.SetIntegrationRequest) (*connectionvaultv1.SetIntegrationResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := o.s.checkIntegration("integration", r.GetIntegration()); err != nil {
		return nil, err
	}
	t, of := &o.s.tables, scope(tenant.ID(r.GetTenant()))
	m := newIntegration(r.GetApplicationId(), r.GetIntegration(), time.Now().UnixMilli())
	done, mark := audit.Event(ctx, "integration.set", r.GetApplicationId()).With("service", m.GetService()), newMark()
	err := o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		application, err := t.application(tx, r)
		if err != nil {
			return err
		}
		if err := t.markIntegrations(tx, application, mark); err != nil {
			return err
		}
		if err := t.setIntegration(tx, of, m); err != nil {
			return err
		}
		return t.audit.Write(tx, of, done)
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.SetIntegrationResponse{}, nil
}

func (t *tables) setIntegration(tx kv.Writer, of table.Scope, m *storev1.VaultIntegration) error {
	old, err := t.integrations.Get(tx, of, m.GetApplication(), m.GetService())
	if errors.Is(err, kv.ErrNotFound) {
		return t.integrations.Insert(tx, of, m)
	}
	if err != nil {
		return err
	}
	m.CreatedAtMs = old.GetCreatedAtMs()
	return t.integrations.Replace(tx, of, old, m)
}

func (o operator) RemoveIntegration(ctx context.Context, r *connectionvaultv1.RemoveIntegrationRequest) (*connectionvaultv1.RemoveIntegrationResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	t, of := &o.s.tables, scope(tenant.ID(r.GetTenant()))
	done, mark := audit.Event(ctx, "integration.remove", r.GetApplicationId()).With("service", r.GetServiceId()), newMark()
	err := o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		application, err := t.application(tx, r)
		if err != nil {
			return err
		}
		m, err := t.integrations.Get(tx, of, r.GetApplicationId(), r.GetServiceId())
		if errors.Is(err, kv.ErrNotFound) {
			return fault.NotFound(reasonIntegrationAbsent, "application %s does not integrate %s", r.GetApplicationId(), r.GetServiceId())
		}
		if err != nil {
			return err
		}
		if err := t.integrations.Delete(tx, of, m); err != nil {
			return err
		}
		if err := t.markIntegrations(tx, application, mark); err != nil {
			return err
		}
		return t.audit.Write(tx, of, done)
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.RemoveIntegrationResponse{}, nil
}

func newIntegration(application string, n *connectionvaultv1.NewIntegration, now int64) *storev1.VaultIntegration {
	return &storev1.VaultIntegration{
		Application: application, Service: n.GetServiceId(), ClientId: n.GetClientId(), ClientSecret: n.GetClientSecret(),
		Disabled: n.GetDisabled(), Scopes: n.GetScopes(), CreatedAtMs: now, UpdatedAtMs: now,
	}
}

// integrationsOf are an application's, by service.
func (t *tables) integrationsOf(tx kv.Reader, of *storev1.VaultApplication) (all []*storev1.VaultIntegration, err error) {
	for m, err := range t.integrations.Below(tx, scope(tenant.ID(of.GetTenant())), table.Page{}, of.GetId()) {
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func sameIntegrations(asked []*connectionvaultv1.NewIntegration, there []*storev1.VaultIntegration) bool {
	return len(asked) == len(there) && !slices.ContainsFunc(asked, func(n *connectionvaultv1.NewIntegration) bool {
		return !slices.ContainsFunc(there, func(m *storev1.VaultIntegration) bool {
			return n.GetServiceId() == m.GetService() && n.GetClientId() == m.GetClientId() &&
				n.GetClientSecret() == m.GetClientSecret() && n.GetDisabled() == m.GetDisabled() && slices.Equal(n.GetScopes(), m.GetScopes())
		})
	})
}
