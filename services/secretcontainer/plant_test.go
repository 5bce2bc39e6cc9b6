package secretcontainer

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// PlantSecret adds a secret's row.
func PlantSecret(ctx context.Context, s *Service, m *storev1.Secret) error {
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		return s.tables.secrets.Insert(tx, scopeOf(m), m)
	})
}

// PlantQuota sets a project's quotas.
func PlantQuota(ctx context.Context, s *Service, m *storev1.ProjectQuota) error {
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := s.tables.dropQuota(tx, m.GetProject()); err != nil {
			return err
		}
		return s.tables.quotas.Insert(tx, table.Global, m)
	})
}

// PlantList sets who may read the secret or the container of an id.
func PlantList(ctx context.Context, s *Service, of, object string, acl *storev1.AccessList) error {
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if m, err := s.tables.secrets.Get(tx, scope(tenant.ID(of)), object); err == nil {
			m.Acl = acl
			return s.tables.secrets.Replace(tx, scope(tenant.ID(of)), m, m)
		}
		m, err := s.tables.containers.Get(tx, scope(tenant.ID(of)), object)
		if err != nil {
			return err
		}
		m.Acl = acl
		return s.tables.containers.Replace(tx, scope(tenant.ID(of)), m, m)
	})
}

// PlantConsumers registers consumers with names in one transaction.
func PlantConsumers(ctx context.Context, s *Service, of, container string, names []string) error {
	var rows []*storev1.ContainerConsumer
	now := time.Now().UnixMicro()
	for _, name := range names {
		rows = append(rows, &storev1.ContainerConsumer{
			Container: container, Id: id.UUID(), Name: name, Url: "u", Registrar: of, CreatedUs: now, UpdatedUs: now,
		})
	}
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		for _, row := range rows {
			if err := s.tables.consumers.Insert(tx, scope(tenant.ID(of)), row); err != nil {
				return err
			}
		}
		m, err := s.tables.containers.Get(tx, scope(tenant.ID(of)), container)
		if err != nil {
			return err
		}
		next := proto.CloneOf(m)
		next.Consumers += int64(len(rows))
		next.Version += int64(len(rows))
		return s.tables.containers.Replace(tx, scope(tenant.ID(of)), m, next)
	})
}

// EndRemoved has a removed consumer end at another time, and returns when it would have ended.
func EndRemoved(ctx context.Context, s *Service, of, container, consumer string, at time.Time) (instead time.Time, err error) {
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := s.tables.consumers.Get(tx, scope(tenant.ID(of)), container, stateRemoved, consumer)
		if err != nil {
			return err
		}
		next := proto.CloneOf(m)
		next.ExpiresUs, instead = at.UnixMicro(), end(m.GetExpiresUs())
		return s.tables.consumers.Replace(tx, scope(tenant.ID(of)), m, next)
	})
	return instead, err
}

// BoundOrders sets how many rows of orders are kept, of one at most, and how many are held at
// once to find a page of a larger one.
func BoundOrders(s *Service, kept, largest, window int) {
	s.byName = newConsumerOrder(orderBounds{kept: kept, largest: largest, window: window})
}

// PairsAtOnce is how many pairs are made side by side.
var PairsAtOnce = pairsAtOnce
