package identity

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// permission is the one for a single identity or environment.
func permission(object, action string) auth.Permission {
	return auth.Permission("identity." + object + "." + action)
}

// readIdentity returns the identity that find finds, to whoever may read it. named is
// its id where the request has that.
func (s *Service) readIdentity(ctx context.Context, named string, find func(kv.Reader, tenant.ID) (*storev1.Identity, error)) (m *storev1.Identity, err error) {
	p := auth.From(ctx)
	_, denied := auth.Require(ctx, permRead, permission(named, "read_identity"))
	if denied != nil && (named != "" || p.Tenant == tenant.None) {
		return nil, denied
	}
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err = find(tx, p.Tenant)
		return err
	})
	if f := fault.From(err); f != nil && f.Code != codes.NotFound {
		return nil, err
	}
	// Who may read one identity only must not learn which external ids exist.
	if denied != nil && !p.Allows(permission(m.GetId(), "read_identity")) {
		return nil, denied
	}
	return m, err
}

// createIdentity inserts an identity and returns its id.
func (s *Service) createIdentity(ctx context.Context, p *auth.Principal, externalID, meta string, limits []*storev1.IdentityRatelimit) (string, error) {
	m := &storev1.Identity{
		Id: id.New("id"), ExternalId: externalID, Environment: environment, Meta: meta,
		Ratelimits: limits, CreatedAtMs: time.Now().UnixMilli(),
	}
	done := audit.Event(ctx, "identity.create", m.GetId())
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := s.tables.identities.Insert(tx, table.Of(p.Tenant), m); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done)
	})
	if errors.Is(err, table.ErrExists) {
		return "", fault.AlreadyExists(reasonExternalIDTaken, "Identity with externalId \"%s\" already exists in this workspace", externalID)
	}
	return m.GetId(), err
}

// updateIdentity applies a change to the identity that find finds, and returns it.
func (s *Service) updateIdentity(ctx context.Context, p *auth.Principal, c *change, find func(kv.Reader) (*storev1.Identity, error)) (m *storev1.Identity, err error) {
	done := audit.Event(ctx, "identity.update", "")
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := find(tx)
		if err != nil {
			return err
		}
		m = c.apply(old)
		if err := s.tables.identities.Replace(tx, table.Of(p.Tenant), old, m); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done.On(m.GetId()))
	})
	if err != nil {
		return nil, err
	}
	s.tenantChanged(p.Tenant)
	return m, nil
}

// deleteIdentity removes the identity that find finds. Its keys stay, without one.
func (s *Service) deleteIdentity(ctx context.Context, p *auth.Principal, find func(kv.Reader) (*storev1.Identity, error)) error {
	return remove(ctx, s, p, s.tables.identities, "identity.delete", find)
}

// remove deletes the caller's row that find finds, which keys may depend on.
func remove[M identified](ctx context.Context, s *Service, p *auth.Principal, from *table.Table[M], event string, find func(kv.Reader) (M, error)) error {
	done := audit.Event(ctx, event, "")
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := find(tx)
		if err != nil {
			return err
		}
		if err := from.Delete(tx, table.Of(p.Tenant), m); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done.On(m.GetId()))
	})
	if err == nil {
		s.tenantChanged(p.Tenant)
	}
	return err
}
