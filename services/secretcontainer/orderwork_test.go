package secretcontainer_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// expectNoWork checks that the outboxes are empty.
func (w *world) expectNoWork() {
	w.t.Helper()
	for _, name := range []string{"outbox", "pairs"} {
		if left := rowsOf[*storev1.OutboxMessage](w, table.Global, name); len(left) != 0 {
			w.t.Errorf("%s has %v", name, left)
		}
	}
}

func TestPairsHoldUpNothingElse(t *testing.T) {
	inOrders(t, "as they wait elsewhere", func(t *testing.T, w *world) {
		ann := w.user(acme, "ann", "creator")
		w.order(ann, pairOrder("rsa", 2048))
		if left := rowsOf[*storev1.OutboxMessage](w, table.Global, "outbox"); len(left) != 0 {
			t.Errorf("a pair's work waits in front of deletions': %v", left)
		}
		w.order(ann, keyOrder("aes", 256, ""))
		if left := rowsOf[*storev1.OutboxMessage](w, table.Global, "pairs"); len(left) != 1 {
			t.Errorf("%d pieces of work are with the pair's, want its own", len(left))
		}
	})
}

func TestAnswersWaitForPairs(t *testing.T) {
	inOrders(t, "which are there then", func(t *testing.T, w *world) {
		w.start()
		ann := w.user(acme, "ann", "creator")
		if m := w.shown(ann, w.order(ann, pairOrder("rsa", 2048))); m.GetStatus() != "ACTIVE" || m.GetContainerId() == "" {
			t.Errorf("the order is shown as %v", m)
		}
	})
	inOrders(t, "but not for ever", func(t *testing.T, w *world) {
		ann, before := w.user(acme, "ann", "creator"), time.Now()
		m := w.shown(ann, w.order(ann, pairOrder("rsa", 2048)))
		if waited := time.Since(before); m.GetStatus() != "PENDING" || waited != 3*time.Second {
			t.Errorf("after %v the order is shown as %v", waited, m)
		}
	})
}

// again has an order's work delivered once more.
func (w *world) again(order string) {
	w.t.Helper()
	m, err := outbox.NewMessage("order", &storev1.KeyOrderWork{Tenant: acme, Order: order})
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.store.Update(w.t.Context(), func(tx kv.Writer) error {
		return outbox.Named("pairs", w.store.Indexer()).Queue(tx, m)
	})
	expect(w.t, err, codes.OK)
}

func TestOrdersAreCarriedOutOnce(t *testing.T) {
	inOrders(t, "however often their work is delivered", func(t *testing.T, w *world) {
		ann := w.user(acme, "ann", "creator")
		id := w.order(ann, pairOrder("rsa", 1024))
		for range 5 { // workers take them side by side
			w.again(id)
		}
		w.start()
		before := w.shown(ann, id)
		w.again(id)
		pass(time.Minute)
		if after := w.shown(ann, id); after.String() != before.String() || after.GetStatus() != "ACTIVE" {
			t.Errorf("became %v\nafter %v", after, before)
		}
		if n := len(w.keptSecrets()); n != 2 {
			t.Errorf("%d secrets, want 2", n)
		}
		w.expectNoWork()
	})
}

// workshop is a store that things happen to while an order's work is done: deliveries are
// told from other uses by their time running out.
type workshop struct {
	kv.Store
	before func(context.Context) error // any Update
	read   func()                      // once a delivery has read
	kept   func() error                // once a delivery has written
}

func (s *workshop) View(ctx context.Context, fn func(kv.Reader) error) error {
	err := s.Store.View(ctx, fn)
	if delivers(ctx) && s.read != nil {
		s.read()
	}
	return err
}

func (s *workshop) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if s.before != nil {
		if err := s.before(ctx); err != nil {
			return err
		}
	}
	err := s.Store.Update(ctx, fn)
	if delivers(ctx) && s.kept != nil {
		return errors.Join(err, s.kept())
	}
	return err
}

func delivers(ctx context.Context) bool {
	_, bounded := ctx.Deadline()
	return bounded
}

// startIn is start on a store that things happen to.
func (w *world) startIn(s *workshop) {
	s.Store = w.store
	w.run(secretcontainer.New(secretcontainer.Deps{
		Store: s, Blind: w.store.Indexer(), Cursors: page.New(w.store.Sealer("cursors")),
		Tenants: identityv1.NewTenantServiceClient(w.internal), Log: slog.New(slog.DiscardHandler),
	}).Run)
	pass(5 * time.Minute)
}

func TestOrdersOutliveTheStoresTroubles(t *testing.T) {
	inOrders(t, "when it is out of reach for a while", func(t *testing.T, w *world) {
		ann := w.user(acme, "ann", "creator")
		id := w.order(ann, pairOrder("rsa", 1024))
		var left atomic.Int32
		left.Store(20)
		w.startIn(&workshop{before: func(context.Context) error {
			if left.Add(-1) >= 0 {
				return kv.ErrUnavailable
			}
			return nil
		}})
		if m := w.shown(ann, id); m.GetStatus() != "ACTIVE" || len(w.keptSecrets()) != 2 || left.Load() >= 0 {
			t.Errorf("ended as %v with %d secrets", m, len(w.keptSecrets()))
		}
		w.expectNoWork()
	})
	inOrders(t, "when it has destroyed the tenant's keys, not yet its rows", func(t *testing.T, w *world) {
		w.order(w.user(acme, "ann", "creator"), pairOrder("rsa", 1024))
		var tries atomic.Int32
		w.startIn(&workshop{before: func(ctx context.Context) error {
			if !delivers(ctx) {
				return nil
			}
			tries.Add(1)
			return kv.ErrDestroyed
		}})
		if n := tries.Load(); n != 1 {
			t.Errorf("it was tried %d times, want once", n)
		}
		w.expectNoWork()
	})
	inOrders(t, "when it does not tell whether the keys are kept", func(t *testing.T, w *world) {
		ann := w.user(acme, "ann", "creator")
		id := w.order(ann, pairOrder("rsa", 1024))
		var lost atomic.Int32
		w.startIn(&workshop{kept: func() error {
			lost.Add(1)
			return kv.ErrUnknown
		}})
		if m := w.shown(ann, id); m.GetStatus() != "ACTIVE" || len(w.keptSecrets()) != 2 || lost.Load() != 1 {
			t.Errorf("ended as %v with %d secrets, %d answers lost", m, len(w.keptSecrets()), lost.Load())
		}
		w.expectNoWork()
	})
}

func TestOrdersThatAreGone(t *testing.T) {
	inOrders(t, "deleted before they are carried out", func(t *testing.T, w *world) {
		adam := w.user(acme, "adam", "admin")
		_, err := w.orders.DeleteOrder(adam, &secretcontainerv1.DeleteOrderRequest{OrderId: w.order(adam, pairOrder("rsa", 1024))})
		expect(t, err, codes.OK)
		w.start()
		if n := len(w.keptSecrets()); n != 0 {
			t.Errorf("%d secrets are made", n)
		}
		w.expectNoWork()
	})
	inOrders(t, "with their tenant", func(t *testing.T, w *world) {
		ann := w.user(acme, "ann", "creator")
		w.order(ann, keyOrder("aes", 256, ""))
		w.order(ann, pairOrder("rsa", 1024))
		_, err := identityv1.NewTenantServiceClient(w.internal).DeleteTenant(t.Context(), &identityv1.DeleteTenantRequest{Id: acme})
		expect(t, err, codes.OK)
		pass(time.Minute)
		w.start()
		w.expectNoWork()
	})
	inOrders(t, "and leave what they made", func(t *testing.T, w *world) {
		adam := w.user(acme, "adam", "admin")
		id := w.order(adam, keyOrder("aes", 256, ""))
		w.start()
		_, err := w.orders.DeleteOrder(adam, &secretcontainerv1.DeleteOrderRequest{OrderId: id})
		expect(t, err, codes.OK)
		if n := len(w.keptSecrets()); n != 1 {
			t.Errorf("%d secrets are left, want the one made", n)
		}
	})
}

func TestOrdersThatGoWhileKeysAreMade(t *testing.T) {
	for name, end := range map[string]func(w *world, order string) error{
		"deleted": func(w *world, order string) error {
			_, err := w.orders.DeleteOrder(w.user(acme, "adam", "admin"), &secretcontainerv1.DeleteOrderRequest{OrderId: order})
			return err
		},
		"with their tenant": func(w *world, _ string) error {
			_, err := identityv1.NewTenantServiceClient(w.internal).DeleteTenant(w.t.Context(), &identityv1.DeleteTenantRequest{Id: acme})
			return err
		},
	} {
		inOrders(t, name, func(t *testing.T, w *world) {
			id := w.order(w.user(acme, "ann", "creator"), pairOrder("rsa", 1024))
			ends := 0
			w.startIn(&workshop{read: func() {
				ends++
				expect(t, end(w, id), codes.OK)
			}})
			if ends != 1 {
				t.Errorf("the work was done %d times", ends)
			}
			w.expectNoWork()
			if name == "deleted" && len(w.keptSecrets()) != 0 {
				t.Error("secrets are kept")
			}
		})
	}
}
