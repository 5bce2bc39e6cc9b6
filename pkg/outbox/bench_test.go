package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a store with an outbox, and what its handler has got.
type bench struct {
	t      *testing.T
	store  *memkv.Store
	outbox *outbox.Outbox
	log    bytes.Buffer

	mu  sync.Mutex
	got []string
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, store: memkv.New(), outbox: outbox.New(seal.NewIndexer())}
	t.Cleanup(func() { b.store.Close() })
	return b
}

// run starts a worker that ends with the test, or when stop is called. The topic "do"
// goes to handle, which may be nil.
func (b *bench) run(handle func(ctx context.Context, name string) error) (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	handler := func(ctx context.Context, payload []byte) error {
		work := &storev1.TenantDeletion{}
		if err := proto.Unmarshal(payload, work); err != nil {
			return err
		}
		b.mu.Lock()
		b.got = append(b.got, work.GetTenant())
		b.mu.Unlock()
		if handle == nil {
			return nil
		}
		return handle(ctx, work.GetTenant())
	}
	log := slog.New(slog.NewTextHandler(&b.log, nil))
	go func() {
		done <- b.outbox.Run(ctx, b.store, map[string]outbox.Handler{"do": handler}, log)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("Run: %v", err)
		}
	})
	b.t.Cleanup(stop)
	return stop
}

// queue commits one message for each name, or fails to when broken is not nil.
func (b *bench) queue(topic string, broken error, names ...string) {
	b.t.Helper()
	for _, name := range names {
		m, err := outbox.NewMessage(topic, &storev1.TenantDeletion{Tenant: name})
		if err != nil {
			b.t.Fatal(err)
		}
		err = b.store.Update(context.Background(), func(tx kv.Writer) error {
			return errors.Join(b.outbox.Queue(tx, m), broken)
		})
		if !errors.Is(err, broken) {
			b.t.Fatal(err)
		}
	}
	b.outbox.Ring()
}

func (b *bench) deliveries() []string {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.got...)
}

func (b *bench) expect(names ...string) {
	b.t.Helper()
	if got := b.deliveries(); strings.Join(got, " ") != strings.Join(names, " ") {
		b.t.Fatalf("delivered %q, want %q", got, names)
	}
}

// waiting counts the messages in the store.
func (b *bench) waiting() (n int) {
	b.t.Helper()
	err := b.store.View(context.Background(), func(tx kv.Reader) error {
		for _, err := range b.outbox.Table().All(tx, table.Global, table.Page{}) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func inBubble(name string, t *testing.T, test func(b *bench)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { test(newBench(t)) })
	})
}

func outboxOf(*bench) *outbox.Outbox { return outbox.New(seal.NewIndexer()) }
