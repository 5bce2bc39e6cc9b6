package secretcontainer

import (
	"context"
	"errors"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// UndeleteSecret does nothing for a secret that is there: the operator may ask twice.
func (o operator) UndeleteSecret(ctx context.Context, r *secretcontainerv1.UndeleteSecretRequest) (*secretcontainerv1.UndeleteSecretResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	t, of, done := &o.s.tables, tenant.ID(r.GetTenant()), audit.Event(ctx, "secret.undelete", r.GetSecretId())
	err := o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		_, err := t.secrets.Get(tx, scope(of), r.GetSecretId())
		if err == nil || !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		if err := t.bringBack(tx, of, r.GetSecretId()); err != nil {
			return err
		}
		return t.audit.Write(tx, scope(of), done)
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.UndeleteSecretResponse{}, nil
}

func (t *tables) deletedSecret(tx kv.Reader, of tenant.ID, id string) (*storev1.DeletedSecret, error) {
	m, err := t.deleted.Find(tx, scope(of), byID, id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonDeletedUnknown, "no deleted secret %s is kept", id)
	}
	return m, err
}

// bringBack puts a deleted secret where it was. Its consumers have to be gone by then, as
// those that come later would go with them.
func (t *tables) bringBack(tx kv.Writer, of tenant.ID, id string) error {
	kept, err := t.deletedSecret(tx, of, id)
	if err != nil {
		return err
	}
	switch used, err := t.used(tx, kept.GetSecret()); {
	case err != nil:
		return err
	case used:
		return fault.Unavailable("the secret's consumers are still being removed; try again")
	}
	if err := t.deleted.Delete(tx, scope(of), kept); err != nil {
		return err
	}
	return t.restore(tx, kept)
}

// restore writes a secret as it was, with its payload, metadata and readers.
func (t *tables) restore(tx kv.Writer, kept *storev1.DeletedSecret) error {
	m := kept.GetSecret()
	if err := t.secrets.Insert(tx, scopeOf(m), m); err != nil {
		return err
	}
	if kept.GetPayload() != nil {
		if err := t.payloads.Insert(tx, scopeOf(m), kept.GetPayload()); err != nil {
			return err
		}
	}
	if kept.GetMetadata() != nil {
		if err := t.metadata.Insert(tx, scopeOf(m), kept.GetMetadata()); err != nil {
			return err
		}
	}
	for _, user := range m.GetAcl().GetUsers() {
		if err := t.readers.Insert(tx, scopeOf(m), readerOf(m, user)); err != nil {
			return err
		}
	}
	return nil
}

func (o operator) PurgeSecret(ctx context.Context, r *secretcontainerv1.PurgeSecretRequest) (*secretcontainerv1.PurgeSecretResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	t, of, done := &o.s.tables, tenant.ID(r.GetTenant()), audit.Event(ctx, "secret.purge", r.GetSecretId())
	err := o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		m, err := t.deletedSecret(tx, of, r.GetSecretId())
		if err != nil {
			return err
		}
		if err := t.deleted.Delete(tx, scope(of), m); err != nil {
			return err
		}
		return t.audit.Write(tx, scope(of), done)
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.PurgeSecretResponse{}, nil
}
