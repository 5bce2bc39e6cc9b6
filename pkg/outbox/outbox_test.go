package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

func TestDelivery(t *testing.T) {
	inBubble("a committed message comes at once and once", t, func(b *bench) {
		b.run(nil)
		b.queue("do", nil, "one")
		b.expect("one")
		time.Sleep(time.Hour)
		b.expect("one")
		if n := b.waiting(); n != 0 {
			b.t.Errorf("%d messages are left", n)
		}
	})
	inBubble("a message that was rolled back does not come", t, func(b *bench) {
		b.run(nil)
		b.queue("do", errors.New("rolled back"), "one")
		time.Sleep(time.Hour)
		b.expect()
	})
	inBubble("a message comes within a second when nobody rings", t, func(b *bench) {
		b.queue("do", nil, "one")
		b.outbox = outboxOf(b) // another process
		b.run(nil)
		b.expect("one")
		quiet := outboxOf(b)
		m, err := outbox.NewMessage("do", &storev1.TenantDeletion{Tenant: "two"})
		if err != nil {
			b.t.Fatal(err)
		}
		if err := b.store.Update(context.Background(), func(tx kv.Writer) error { return quiet.Queue(tx, m) }); err != nil {
			b.t.Fatal(err)
		}
		b.expect("one")
		time.Sleep(time.Second)
		b.expect("one", "two")
	})
	inBubble("many messages don't wait for the clock", t, func(b *bench) {
		for i := range 500 {
			b.queue("do", nil, fmt.Sprint(i))
		}
		start := time.Now()
		b.run(nil)
		if got := b.deliveries(); len(got) != 500 || !time.Now().Equal(start) {
			b.t.Errorf("%d messages came after %v, want 500 at once", len(got), time.Since(start))
		}
	})
	inBubble("two workers deliver a message once", t, func(b *bench) {
		for i := range 50 {
			b.queue("do", nil, fmt.Sprint(i))
		}
		b.run(nil)
		b.run(nil)
		if got := b.deliveries(); len(got) != 50 {
			b.t.Errorf("%d deliveries, want 50", len(got))
		}
	})
}

func outboxOf(*bench) *outbox.Outbox { return outbox.New(seal.NewIndexer()) }

func TestFailedDelivery(t *testing.T) {
	inBubble("is tried again until it succeeds, with longer and longer pauses", t, func(b *bench) {
		tries, last, longest := 0, time.Now(), time.Duration(0)
		b.run(func(context.Context, string) error {
			tries, longest, last = tries+1, max(longest, time.Since(last)), time.Now()
			if tries < 20 {
				return errors.New("broken")
			}
			return nil
		})
		b.queue("do", nil, "one")
		time.Sleep(10 * time.Second)
		if got := b.deliveries(); len(got) < 3 {
			b.t.Errorf("%d tries in 10 s, want 3 or more", len(got))
		}
		time.Sleep(time.Hour)
		if got := b.deliveries(); len(got) != 20 || b.waiting() != 0 {
			b.t.Errorf("%d tries, %d messages left; want 20 and none", len(got), b.waiting())
		}
		if longest < 20*time.Second || longest > 95*time.Second {
			b.t.Errorf("the longest pause was %v, want about a minute", longest)
		}
		if !strings.Contains(b.log.String(), "outbox delivery failed") {
			b.t.Error("failures were not logged")
		}
	})
	inBubble("of a topic without a handler stays", t, func(b *bench) {
		b.run(nil)
		b.queue("unknown", nil, "one")
		time.Sleep(time.Hour)
		b.expect()
		if n := b.waiting(); n != 1 {
			b.t.Errorf("%d messages are left, want 1", n)
		}
	})
	inBubble("is given up before the lease ends", t, func(b *bench) {
		b.run(func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return ctx.Err()
		})
		b.queue("do", nil, "one")
		time.Sleep(44 * time.Second)
		b.expect("one")
		time.Sleep(10 * time.Second)
		b.expect("one", "one")
	})
}

func TestSlowDeliveryDelaysNoOther(t *testing.T) {
	inBubble("seven hang", t, func(b *bench) {
		b.run(func(ctx context.Context, name string) error {
			if name != "quick" {
				<-ctx.Done()
			}
			return ctx.Err()
		})
		b.queue("do", nil, "1", "2", "3", "4", "5", "6", "7")
		if got := b.deliveries(); len(got) != 7 {
			b.t.Fatalf("%d deliveries, want 7", len(got))
		}
		b.queue("do", nil, "quick")
		if got := b.deliveries(); got[len(got)-1] != "quick" {
			b.t.Errorf("delivered %q, want the quick one too", got)
		}
	})
}

func TestCrashedWorkersMessageComesAgain(t *testing.T) {
	inBubble("after the lease", t, func(b *bench) {
		stop := b.run(func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return nil // too late: nobody settles it
		})
		b.queue("do", nil, "one")
		b.expect("one")
		stop()
		b.run(nil)
		time.Sleep(58 * time.Second)
		b.expect("one")
		time.Sleep(3 * time.Second)
		b.expect("one", "one")
		if n := b.waiting(); n != 0 {
			b.t.Errorf("%d messages are left", n)
		}
	})
}

func TestRunReturnsTheStoresError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.store.Close()
		err := b.outbox.Run(t.Context(), b.store, nil, slog.New(slog.DiscardHandler))
		if !errors.Is(err, kv.ErrClosed) {
			t.Fatalf("got %v, want ErrClosed", err)
		}
	})
}
