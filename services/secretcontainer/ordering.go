package secretcontainer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicOrder is of orders to be carried out.
const topicOrder = "order"

// What orders come to.
const (
	orderPending = "PENDING"
	orderActive  = "ACTIVE"
	orderError   = "ERROR"
)

// statusDenied is that of orders for more than a project may have.
const statusDenied = "403"

// followUp is what goes with a new order into its transaction. A key is made with it: clients
// ask for the key at once, as Barbican makes it before it answers. A pair takes seconds, and
// is made from a queue of its own, so that nothing else waits for it.
func (s *Service) followUp(ctx context.Context, m *storev1.KeyOrder) (func(kv.Writer) error, error) {
	if m.GetType() == orderPair {
		work, err := outbox.NewMessage(topicOrder, &storev1.KeyOrderWork{Tenant: m.GetTenant(), Order: m.GetId()})
		return func(tx kv.Writer) error { return s.tables.pairs.Queue(tx, work) }, err
	}
	o, why, err := s.produce(ctx, m)
	return func(tx kv.Writer) error { return s.tables.settle(tx, m, o, why) }, err
}

// How long the answer to an order waits for its pair, and when it looks for the first time. Each
// further look takes half as long again to come: a flood of orders must not become one of looks.
// Barbican's clients, whose server makes pairs before it answers, don't all look twice.
const (
	pairPatience = 3 * time.Second
	pairLook     = 20 * time.Millisecond
)

// await returns when an order is carried out, or has been waited for long enough. What goes
// wrong meanwhile is not the caller's concern: the order is kept, and tells its end.
func (s *Service) await(ctx context.Context, m *storev1.KeyOrder) {
	ctx, cancel := context.WithTimeout(ctx, pairPatience)
	defer cancel()
	w := &storev1.KeyOrderWork{Tenant: m.GetTenant(), Order: m.GetId()}
	for pause, waits := pairLook, true; waits; pause += pause / 2 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		err := s.deps.Store.View(ctx, func(tx kv.Reader) error {
			left, err := s.tables.pending(tx, w)
			waits = left != nil
			return err
		})
		waits = waits && err == nil
	}
}

// produce makes an order's keys, or tells why there can be none. ctx is its creator's.
func (s *Service) produce(ctx context.Context, m *storev1.KeyOrder) (o outcome, why unmakeable, err error) {
	keys, err := s.keys.make(ctx, m)
	if err != nil && !errors.As(err, &why) {
		return outcome{}, unmakeable{}, err
	}
	return newOutcome(ctx, m, keys), why, nil
}

// makeOrder carries an order out that is still there and pending. The keys are made before
// the transaction that keeps them: made twice, one of them is never seen.
func (s *Service) makeOrder(ctx context.Context, payload []byte) error {
	w := &storev1.KeyOrderWork{}
	if err := proto.Unmarshal(payload, w); err != nil {
		return fmt.Errorf("decode order work: %w", err)
	}
	err := s.carryOut(ctx, w)
	if errors.Is(err, kv.ErrDestroyed) {
		return nil // the tenant is gone with its orders
	}
	return err
}

func (s *Service) carryOut(ctx context.Context, w *storev1.KeyOrderWork) error {
	var m *storev1.KeyOrder
	err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		m, err = s.tables.pending(tx, w)
		return err
	})
	if err != nil || m == nil {
		return err
	}
	ctx = auth.With(ctx, &auth.Principal{Tenant: tenant.ID(m.GetTenant()), Subject: m.GetCreator()})
	o, why, err := s.produce(ctx, m)
	if err != nil {
		return err
	}
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := s.tables.pending(tx, w)
		if err != nil || m == nil {
			return err
		}
		return s.tables.settle(tx, m, o, why)
	})
}

// pending returns the order that work is for; nil when it is gone or done.
func (t *tables) pending(tx kv.Reader, w *storev1.KeyOrderWork) (*storev1.KeyOrder, error) {
	m, err := t.orders.Get(tx, scope(tenant.ID(w.GetTenant())), w.GetOrder())
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil || m.GetStatus() != orderPending {
		return nil, err
	}
	return m, nil
}

// settle keeps the outcome of an order, or why there is none.
func (t *tables) settle(tx kv.Writer, m *storev1.KeyOrder, o outcome, why unmakeable) error {
	if why == (unmakeable{}) {
		var err error
		if why, err = t.refuse(tx, o); err != nil {
			return err
		}
	}
	of, done := scope(tenant.ID(m.GetTenant())), proto.CloneOf(m)
	done.UpdatedUs = o.now.UnixMicro()
	if why != (unmakeable{}) {
		done.Status, done.ErrorStatus, done.ErrorReason = orderError, why.status, why.reason
		if err := t.orders.Replace(tx, of, m, done); err != nil {
			return err
		}
		return t.audit.Write(tx, of, o.failed)
	}
	done.Status, done.Secret, done.Container = orderActive, o.secretID(), o.container.GetId()
	if err := t.orders.Replace(tx, of, m, done); err != nil {
		return err
	}
	return t.keepOutcome(tx, of, o)
}

// refuse tells why keys that were made can't be kept; the zero value when they can.
func (t *tables) refuse(tx kv.Reader, o outcome) (unmakeable, error) {
	if o.ended() {
		return unmakeable{statusBad, "the expiration had come before the keys were made; order them with a later one"}, nil
	}
	err := t.roomFor(tx, o)
	if f := (*fault.Error)(nil); errors.As(err, &f) && f.Reason == reasonQuotaReached {
		return unmakeable{statusDenied, f.Message}, nil
	}
	return unmakeable{}, err
}

func (t *tables) roomFor(tx kv.Reader, o outcome) error {
	of := o.tenant
	err := t.room(tx, string(of), quotaSecrets, int64(len(o.secrets)), haveRows(tx, of, t.secrets))
	if err != nil || o.container == nil {
		return err
	}
	return t.room(tx, string(of), quotaContainers, 1, haveRows(tx, of, t.containers))
}
