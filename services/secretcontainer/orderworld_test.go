package secretcontainer_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// inOrders runs a test in a world of its own time. Nothing is made in it before start.
func inOrders(t *testing.T, name string, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { test(t, newIdleWorld(t)) })
	})
}

// start has the background work done, now and from now on.
func (w *world) start() {
	w.run(w.service.Run)
	synctest.Wait()
}

// keyOrder is one for a key.
func keyOrder(algorithm string, bits int32, mode string) *secretcontainerv1.CreateOrderRequest {
	meta := &secretcontainerv1.OrderMeta{Name: proto.String("made"), Algorithm: algorithm, BitLength: bits}
	if mode != "" {
		meta.Mode = &mode
	}
	return &secretcontainerv1.CreateOrderRequest{Type: "key", Meta: meta}
}

// pairOrder is one for a pair.
func pairOrder(algorithm string, bits int32) *secretcontainerv1.CreateOrderRequest {
	r := keyOrder(algorithm, bits, "")
	r.Type = "asymmetric"
	return r
}

func (w *world) order(ctx context.Context, r *secretcontainerv1.CreateOrderRequest) string {
	w.t.Helper()
	made, err := w.orders.CreateOrder(ctx, r)
	if err != nil {
		w.t.Fatal(err)
	}
	return made.GetOrderId()
}

func (w *world) shown(ctx context.Context, id string) *secretcontainerv1.Order {
	w.t.Helper()
	r, err := w.orders.GetOrder(ctx, &secretcontainerv1.GetOrderRequest{OrderId: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetOrder()
}

// rowsOf are a tenant's rows in a table of the store, by their place.
func rowsOf[M proto.Message](w *world, of table.Scope, name string) (all []M) {
	w.t.Helper()
	rows := table.New(table.Spec[M]{Name: name, ID: func(M) []any { return nil }}, w.store.Indexer())
	err := w.store.View(w.t.Context(), func(tx kv.Reader) error {
		all = nil
		for m, err := range rows.All(tx, of, table.Page{}) {
			if err != nil {
				return err
			}
			all = append(all, m)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) keptSecrets() []*storev1.Secret {
	return rowsOf[*storev1.Secret](w, table.Of(acme), "secret")
}

// payloadOf reads a payload as an admin of the project.
func (w *world) payloadOf(secret string) []byte {
	w.t.Helper()
	r, err := w.secrets.GetPayload(w.user(acme, "admin", "admin"), &secretcontainerv1.GetPayloadRequest{SecretId: secret})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetPayload()
}

// audited counts the records of an event, of a tenant or, of none, of the installation.
func (w *world) audited(of, event, actor string) (n int) {
	w.t.Helper()
	r, err := operationsv1.NewAuditServiceClient(w.internal).ListAuditRecords(w.t.Context(), &operationsv1.ListAuditRecordsRequest{
		Service: secretcontainer.Name, Tenant: of, PageSize: 1000,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range r.GetRecords() {
		if m.GetEvent() == event && m.GetActor() == actor {
			n++
		}
	}
	return n
}

// pass lets time go by, and what is due be done.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
