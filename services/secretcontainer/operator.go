package secretcontainer

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// operator serves OperatorService.
type operator struct {
	secretcontainerv1.UnimplementedOperatorServiceServer
	s *Service
}

func (o operator) GetRetention(ctx context.Context, r *secretcontainerv1.GetRetentionRequest) (*secretcontainerv1.GetRetentionResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := o.s.tenants.Require(ctx, r.GetTenant()); err != nil {
		return nil, err
	}
	var m *storev1.SecretSettings
	err := o.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		m, err = o.s.tables.setting(tx, tenant.ID(r.GetTenant()))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.GetRetentionResponse{RetentionMs: m.GetRetentionMs()}, nil
}

// setting is what is set for a tenant; nil for nothing.
func (t *tables) setting(tx kv.Reader, of tenant.ID) (*storev1.SecretSettings, error) {
	m, err := t.settings.Get(tx, scope(of), settingsID)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return m, err
}

func (o operator) SetRetention(ctx context.Context, r *secretcontainerv1.SetRetentionRequest) (*secretcontainerv1.SetRetentionResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	t, of := &o.s.tables, tenant.ID(r.GetTenant())
	done := audit.Event(ctx, "secret.retention.change", r.GetTenant()).
		With("retention_ms", strconv.FormatInt(r.GetRetentionMs(), 10))
	err := o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		old, err := t.setting(tx, of)
		if err != nil || old.GetRetentionMs() == r.GetRetentionMs() {
			return err
		}
		if err := t.retain(tx, of, old, r.GetRetentionMs()); err != nil {
			return err
		}
		return t.audit.Write(tx, scope(of), done)
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.SetRetentionResponse{}, nil
}

func (t *tables) retain(tx kv.Writer, of tenant.ID, old *storev1.SecretSettings, ms int64) error {
	m := &storev1.SecretSettings{RetentionMs: ms}
	switch {
	case ms == 0:
		return t.settings.Delete(tx, scope(of), old)
	case old == nil:
		return t.settings.Insert(tx, scope(of), m)
	}
	return t.settings.Replace(tx, scope(of), old, m)
}

func (o operator) ListDeletedSecrets(ctx context.Context, r *secretcontainerv1.ListDeletedSecretsRequest) (*secretcontainerv1.ListDeletedSecretsResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := o.s.tenants.Require(ctx, r.GetTenant()); err != nil {
		return nil, err
	}
	list := page.Scope{Method: secretcontainerv1.OperatorService_ListDeletedSecrets_FullMethodName, Tenant: r.GetTenant()}
	after, err := o.s.deps.Cursors.Decode(list, r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var rows []*storev1.DeletedSecret
	var next []byte
	err = o.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		size, deleted := cmp.Or(int(r.GetPageSize()), page.DefaultSize), o.s.tables.deleted
		all := deleted.All(tx, scope(tenant.ID(r.GetTenant())), table.Page{After: after, Reverse: true, Limit: size + 1})
		rows, next, err = deleted.Take(all, size)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer := &secretcontainerv1.ListDeletedSecretsResponse{}
	for _, m := range rows {
		answer.Secrets = append(answer.Secrets, deletedView(m))
	}
	answer.NextPageToken, err = o.s.deps.Cursors.Encode(list, next)
	return answer, err
}

func deletedView(m *storev1.DeletedSecret) *secretcontainerv1.DeletedSecret {
	of := m.GetSecret()
	return &secretcontainerv1.DeletedSecret{
		SecretId: of.GetId(), Name: of.GetName(), SecretType: of.GetSecretType(), CreatorId: of.GetCreator(), DeletedBy: m.GetDeletedBy(),
		Created: timestamp(of.GetCreatedUs()), Deleted: timestamp(m.GetDeletedUs()), Purged: timestamp(m.GetExpiresUs()),
	}
}
