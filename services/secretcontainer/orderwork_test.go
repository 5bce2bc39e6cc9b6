package secretcontainer_test

import (
	"context"
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

// again has an order's work delivered once more.
func (w *world) again(queue, order string) {
	w.t.Helper()
	m, err := outbox.NewMessage("order", &storev1.KeyOrderWork{Tenant: acme, Order: order})
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.store.Update(w.t.Context(), func(tx kv.Writer) error {
		return outbox.Named(queue, w.store.Indexer()).Queue(tx, m)
	})
	expect(w.t, err, codes.OK)
}

func TestOrdersAreCarriedOutOnce(t *testing.T) {
	for name, c := range map[string]struct {
		queue string
		give  *secretcontainerv1.CreateOrderRequest
		want  int
	}{
		"for a key":  {"outbox", keyOrder("aes", 256, ""), 1},
		"for a pair": {"pairs", pairOrder("rsa", 1024), 2},
	} {
		inOrders(t, name, func(t *testing.T, w *world) {
			ann := w.user(acme, "ann", "creator")
			id := w.order(ann, c.give)
			for range 5 { // workers take them side by side
				w.again(c.queue, id)
			}
			w.start()
			before := w.shown(ann, id)
			w.again(c.queue, id)
			pass(time.Minute)
			if after := w.shown(ann, id); after.String() != before.String() || after.GetStatus() != "ACTIVE" {
				t.Errorf("became %v\nafter %v", after, before)
			}
			if n := len(w.keptSecrets()); n != c.want {
				t.Errorf("%d secrets, want %d", n, c.want)
			}
			w.expectNoWork()
		})
	}
}

// flaky is a store that is out of reach for some Updates.
type flaky struct {
	kv.Store
	left atomic.Int32
}

func (f *flaky) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if f.left.Add(-1) >= 0 {
		return kv.ErrUnavailable
	}
	return f.Store.Update(ctx, fn)
}

func TestOrdersWaitForTheStore(t *testing.T) {
	inOrders(t, "which comes back", func(t *testing.T, w *world) {
		ann := w.user(acme, "ann", "creator")
		id := w.order(ann, keyOrder("aes", 256, ""))
		store := &flaky{Store: w.store}
		store.left.Store(20)
		w.run(secretcontainer.New(secretcontainer.Deps{
			Store: store, Blind: w.store.Indexer(), Cursors: page.New(w.store.Sealer("cursors")),
			Tenants: identityv1.NewTenantServiceClient(w.internal), Log: slog.New(slog.DiscardHandler),
		}).Run)
		pass(5 * time.Minute)
		if m := w.shown(ann, id); m.GetStatus() != "ACTIVE" || len(w.keptSecrets()) != 1 {
			t.Errorf("ended as %v with %d secrets", m, len(w.keptSecrets()))
		}
		w.expectNoWork()
	})
}

func TestOrdersThatAreGone(t *testing.T) {
	inOrders(t, "deleted before they are carried out", func(t *testing.T, w *world) {
		adam := w.user(acme, "adam", "admin")
		for _, r := range []*secretcontainerv1.CreateOrderRequest{keyOrder("aes", 256, ""), pairOrder("rsa", 1024)} {
			_, err := w.orders.DeleteOrder(adam, &secretcontainerv1.DeleteOrderRequest{OrderId: w.order(adam, r)})
			expect(t, err, codes.OK)
		}
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
