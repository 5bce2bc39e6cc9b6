package identity

import (
	"context"
	"errors"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// PutSubject is delivered at least once and in any order, so what it finds to be as new
// or newer stays. The version alone tells: changes within an epoch have an order too. A
// deleted subject stays deleted whatever the version: ids of users are not used again.
func (a access) PutSubject(ctx context.Context, r *identityv1.PutSubjectRequest) (*identityv1.PutSubjectResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	m := &storev1.Subject{
		Id: r.GetId(), Tenant: r.GetTenant(), Enabled: r.GetEnabled(), Permissions: r.GetPermissions(), Version: r.GetVersion(),
	}
	done := audit.Event(ctx, "subject.put", m.GetId())
	err := a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := a.s.tables.subject(tx, r.GetTenant(), r.GetId())
		if err != nil || old.GetDeleted() || m.GetVersion() <= old.GetVersion() {
			return err
		}
		// A lower epoch would make void sessions valid again.
		m.Epoch = max(r.GetEpoch(), old.GetEpoch())
		return a.s.tables.changeSubject(tx, old, m, done)
	})
	if err != nil {
		return nil, err
	}
	a.s.deps.Credentials()
	return &identityv1.PutSubjectResponse{}, nil
}

// DeleteSubject leaves a tombstone, also for a subject that is not there: the PutSubject
// that made it may be on its way.
func (a access) DeleteSubject(ctx context.Context, r *identityv1.DeleteSubjectRequest) (*identityv1.DeleteSubjectResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	tombstone := &storev1.Subject{Id: r.GetId(), Tenant: r.GetTenant(), Deleted: true}
	done := audit.Event(ctx, "subject.delete", r.GetId())
	err := a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := a.s.tables.subject(tx, r.GetTenant(), r.GetId())
		if err != nil || old.GetDeleted() {
			return err
		}
		return a.s.tables.changeSubject(tx, old, tombstone, done)
	})
	if err != nil {
		return nil, err
	}
	a.s.deps.Credentials()
	return &identityv1.DeleteSubjectResponse{}, nil
}

// subject returns a tenant's subject, nil when there is none. The tenant must exist and
// not be in deletion.
func (t *tables) subject(tx kv.Reader, name, id string) (*storev1.Subject, error) {
	if err := t.requireTenant(tx, name); err != nil {
		return nil, err
	}
	m, err := t.subjects.Get(tx, table.Of(tenant.ID(name)), id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return m, err
}

func (t *tables) changeSubject(tx kv.Writer, old, m *storev1.Subject, done audit.Entry) error {
	var err error
	if old == nil {
		err = t.subjects.Insert(tx, scopeOf(m), m)
	} else {
		err = t.subjects.Replace(tx, scopeOf(m), old, m)
	}
	if err != nil {
		return err
	}
	return t.audit.Write(tx, scopeOf(m), done)
}
