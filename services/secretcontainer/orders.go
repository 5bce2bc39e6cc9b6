package secretcontainer

import (
	"context"
	"errors"
	"time"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// defaultOrderPage is how many orders a page has when a caller doesn't say.
const defaultOrderPage = 10

// orders serves OrderService.
type orders struct {
	secretcontainerv1.UnimplementedOrderServiceServer
	s *Service
}

func (o orders) CreateOrder(ctx context.Context, r *secretcontainerv1.CreateOrderRequest) (*secretcontainerv1.CreateOrderResponse, error) {
	p, err := require(ctx, mayCreate)
	if err != nil {
		return nil, err
	}
	m, err := newOrder(p, r)
	if err != nil {
		return nil, err
	}
	followUp, err := o.s.followUp(ctx, m)
	if err != nil {
		return nil, err
	}
	t, done := &o.s.tables, audit.Event(ctx, "order.create", m.GetId())
	err = o.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := t.room(tx, m.GetTenant(), quotaOrders, 1, haveRows(tx, p.Tenant, t.orders)); err != nil {
			return err
		}
		if err := t.orders.Insert(tx, scope(p.Tenant), m); err != nil {
			return err
		}
		if err := t.audit.Write(tx, scope(p.Tenant), done); err != nil {
			return err
		}
		return followUp(tx)
	})
	if err != nil {
		return nil, err
	}
	if m.GetType() == orderPair {
		t.pairs.Ring()
		o.s.await(ctx, m)
	}
	return &secretcontainerv1.CreateOrderResponse{OrderId: m.GetId()}, nil
}

// newOrder is the row of an order. What can't be made is not refused here: clients expect to
// be told by the order.
func newOrder(p *auth.Principal, r *secretcontainerv1.CreateOrderRequest) (*storev1.KeyOrder, error) {
	now, meta := time.Now(), r.GetMeta()
	if meta.GetBitLength()%8 != 0 {
		return nil, fault.InvalidArgument(reasonOrderMeta, "meta.bit_length: keys have whole bytes; give a multiple of 8")
	}
	var ends int64
	if e := meta.GetExpiration(); e != nil {
		if err := e.CheckValid(); err != nil {
			return nil, fault.InvalidArgument(reasonOrderMeta, "meta.expiration: give a time in the years 1 to 9999")
		}
		if ends = e.AsTime().UnixMicro(); ends <= now.UnixMicro() {
			return nil, fault.InvalidArgument(reasonSecretEnded, "meta.expiration is past; give a time to come, or none")
		}
	}
	return &storev1.KeyOrder{
		Id: id.UUID(), Tenant: string(p.Tenant), Type: r.GetType(), Status: orderPending, Name: meta.Name,
		Algorithm: meta.GetAlgorithm(), BitLength: meta.GetBitLength(), Mode: meta.Mode, ExpiresUs: ends,
		PayloadContentType: meta.PayloadContentType, Creator: p.Subject, CreatedUs: now.UnixMicro(), UpdatedUs: now.UnixMicro(),
	}, nil
}

func (o orders) ListOrders(ctx context.Context, r *secretcontainerv1.ListOrdersRequest) (*secretcontainerv1.ListOrdersResponse, error) {
	p, err := require(ctx, mayList)
	if err != nil {
		return nil, err
	}
	limit := int(r.GetLimit())
	if limit == 0 {
		limit = defaultOrderPage
	}
	var answer *secretcontainerv1.ListOrdersResponse
	err = o.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		answer = &secretcontainerv1.ListOrdersResponse{}
		if r.GetMeta() != "" {
			return o.s.tables.findOrders(tx, p.Tenant, r, limit, answer)
		}
		for m, err := range o.s.tables.orders.All(tx, scope(p.Tenant), table.Page{Skip: int(r.GetOffset()), Limit: limit}) {
			if err != nil {
				return err
			}
			answer.Orders = append(answer.Orders, orderView(m))
		}
		answer.Total, err = o.s.tables.orders.Count(tx, scope(p.Tenant))
		return err
	})
	return answer, err
}

func (o orders) GetOrder(ctx context.Context, r *secretcontainerv1.GetOrderRequest) (*secretcontainerv1.GetOrderResponse, error) {
	p, err := require(ctx, mayReadOrder)
	if err != nil {
		return nil, err
	}
	var m *storev1.KeyOrder
	err = o.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		m, err = o.s.tables.order(tx, p, r.GetOrderId())
		return err
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.GetOrderResponse{Order: orderView(m)}, nil
}

// DeleteOrder leaves an order's work in the outbox: without the order it makes nothing.
func (o orders) DeleteOrder(ctx context.Context, r *secretcontainerv1.DeleteOrderRequest) (*secretcontainerv1.DeleteOrderResponse, error) {
	p, err := require(ctx, mayDeleteOrder)
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "order.delete", r.GetOrderId())
	err = o.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := o.s.tables.order(tx, p, r.GetOrderId())
		if err != nil {
			return err
		}
		if err := o.s.tables.orders.Delete(tx, scope(p.Tenant), m); err != nil {
			return err
		}
		return o.s.tables.audit.Write(tx, scope(p.Tenant), done)
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.DeleteOrderResponse{}, nil
}

// order returns an order of the caller's project. Those of others are as unknown as none.
func (t *tables) order(tx kv.Reader, p *auth.Principal, id string) (*storev1.KeyOrder, error) {
	if !uuid.MatchString(id) {
		return nil, fault.NotFound(reasonOrderUnknown, "%q is not the id of an order", id)
	}
	m, err := t.orders.Get(tx, scope(p.Tenant), id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonOrderUnknown, "the order does not exist")
	}
	return m, err
}
