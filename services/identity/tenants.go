package identity

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	reasonTenantUnknown  = "TENANT_NOT_FOUND"
	reasonTenantTaken    = "TENANT_ALREADY_EXISTS"
	reasonTenantDeleting = "TENANT_DELETING"
)

// tenants serves TenantService.
type tenants struct {
	identityv1.UnimplementedTenantServiceServer
	s *Service
}

func (t tenants) CreateTenant(ctx context.Context, r *identityv1.CreateTenantRequest) (*identityv1.CreateTenantResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	m := &storev1.Tenant{Id: cmp.Or(r.GetId(), id.New("ws")), CreatedAtMs: time.Now().UnixMilli(), RequestsPerMinute: r.GetRequestsPerMinute()}
	m.Name = cmp.Or(r.GetName(), m.GetId())
	done := audit.Event(ctx, "tenant.create", m.GetId())
	err := t.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		_, err := t.s.tables.tenants.Get(tx, table.Global, m.GetId())
		if err == nil {
			return fault.AlreadyExists(reasonTenantTaken, "there is, or was, a tenant with the id %s", m.GetId())
		}
		if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		if err := t.s.tables.tenants.Insert(tx, table.Global, m); err != nil {
			return err
		}
		return t.s.tables.audit.Write(tx, table.Global, done)
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.CreateTenantResponse{Tenant: shownTenant(m)}, nil
}

func (t tenants) GetTenant(ctx context.Context, r *identityv1.GetTenantRequest) (*identityv1.GetTenantResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	var m *storev1.Tenant
	err := t.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		m, err = t.s.tables.tenant(tx, r.GetId())
		return err
	})
	if err != nil {
		return nil, err
	}
	if erased(m) {
		return nil, unknownTenant(r.GetId())
	}
	return &identityv1.GetTenantResponse{Tenant: shownTenant(m)}, nil
}

func (t tenants) ListTenants(ctx context.Context, r *identityv1.ListTenantsRequest) (*identityv1.ListTenantsResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	list := page.Scope{Method: identityv1.TenantService_ListTenants_FullMethodName}
	after, err := t.s.deps.Cursors.Decode(list, r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var rows []*storev1.Tenant
	var next []byte
	err = t.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		size := cmp.Or(int(r.GetPageSize()), page.DefaultSize)
		rows, next, err = t.s.tables.tenants.Take(t.s.tables.knownTenants(tx, after), size)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer := &identityv1.ListTenantsResponse{}
	for _, m := range rows {
		answer.Tenants = append(answer.Tenants, shownTenant(m))
	}
	answer.NextPageToken, err = t.s.deps.Cursors.Encode(list, next)
	return answer, err
}

// SetQuota to what it is already changes nothing.
func (t tenants) SetQuota(ctx context.Context, r *identityv1.SetQuotaRequest) (*identityv1.SetQuotaResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "tenant.quota", r.GetId()).With("requests_per_minute", strconv.Itoa(int(r.GetRequestsPerMinute())))
	var m *storev1.Tenant
	err := t.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := t.s.tables.liveTenant(tx, r.GetId())
		if err != nil {
			return err
		}
		m = proto.CloneOf(old)
		m.RequestsPerMinute = r.GetRequestsPerMinute()
		if m.GetRequestsPerMinute() == old.GetRequestsPerMinute() {
			return nil
		}
		return t.s.tables.changeTenant(tx, old, m, done)
	})
	if err != nil {
		return nil, err
	}
	t.s.deps.Credentials()
	return &identityv1.SetQuotaResponse{Tenant: shownTenant(m)}, nil
}

// DeleteTenant answers when everything is gone, or shortly before the caller's patience
// ends. A tenant that is deleted already is deleted.
func (t tenants) DeleteTenant(ctx context.Context, r *identityv1.DeleteTenantRequest) (*identityv1.DeleteTenantResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	services := slices.Sorted(maps.Keys(t.s.deps.Data))
	messages, err := deletionMessages(r.GetId(), services)
	if err != nil {
		return nil, err
	}
	now := time.Now().UnixMilli()
	done := audit.Event(ctx, "tenant.delete", r.GetId())
	err = t.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := t.s.tables.tenant(tx, r.GetId())
		if err != nil || old.GetDeletedAtMs() != 0 {
			return err
		}
		m := proto.CloneOf(old)
		m.DeletedAtMs, m.Pending = now, services
		for _, message := range messages {
			if err := t.s.tables.outbox.Queue(tx, message); err != nil {
				return err
			}
		}
		return t.s.tables.changeTenant(tx, old, m, done)
	})
	if err != nil {
		return nil, err
	}
	t.s.deps.Credentials()
	t.s.tenantChanged(tenant.ID(r.GetId()))
	t.s.tables.outbox.Ring()
	pending, err := t.s.awaitDeletion(ctx, r.GetId())
	if err != nil {
		return nil, err
	}
	return &identityv1.DeleteTenantResponse{Complete: len(pending) == 0, Pending: pending}, nil
}

func deletionMessages(id string, services []string) ([]outbox.Message, error) {
	messages := make([]outbox.Message, 0, len(services))
	for _, service := range services {
		m, err := outbox.NewMessage(topicDeleteTenant, &storev1.TenantDeletion{Tenant: id, Service: service})
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, nil
}

func shownTenant(m *storev1.Tenant) *identityv1.Tenant {
	return &identityv1.Tenant{
		Id: m.GetId(), Name: m.GetName(), CreatedAt: timestamp(m.GetCreatedAtMs()), Deleting: m.GetDeletedAtMs() != 0,
		RequestsPerMinute: m.GetRequestsPerMinute(),
	}
}
