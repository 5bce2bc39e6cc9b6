package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/seal"
)

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
}

func TestMessageForLater(t *testing.T) {
	inBubble("comes then, and holds up no other", t, func(b *bench) {
		b.run(nil)
		m, err := outbox.NewMessage("do", &storev1.TenantDeletion{Tenant: "later"})
		if err != nil {
			b.t.Fatal(err)
		}
		err = b.store.Update(context.Background(), func(tx kv.Writer) error { return b.outbox.Queue(tx, m.After(time.Minute)) })
		if err != nil {
			b.t.Fatal(err)
		}
		b.queue("do", nil, "now")
		time.Sleep(time.Minute - time.Millisecond)
		b.expect("now")
		time.Sleep(2 * time.Second)
		b.expect("now", "later")
	})
}

func TestMessagesOfOneMaking(t *testing.T) {
	inBubble("come each with its own payload, however often the transaction runs", t, func(b *bench) {
		b.run(nil)
		blank, err := outbox.NewMessage("do", &storev1.TenantDeletion{})
		if err != nil {
			b.t.Fatal(err)
		}
		err = b.store.Update(context.Background(), func(tx kv.Writer) error {
			for range 2 { // as if it ran twice
				for i, name := range []string{"one", "two"} {
					m, err := blank.With(name, &storev1.TenantDeletion{Tenant: name})
					if err != nil {
						return err
					}
					if err := b.outbox.Queue(tx, m.After(time.Duration(i)*time.Minute)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			b.t.Fatal(err)
		}
		time.Sleep(time.Hour)
		b.expect("one", "two")
	})
}

func TestOutboxesOfOneStore(t *testing.T) {
	inBubble("do not wait for each other", t, func(b *bench) {
		b.run(func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return ctx.Err()
		})
		for i := range 100 {
			b.queue("do", nil, fmt.Sprint(i))
		}
		b.deliveries()
		hung := b.outbox
		b.outbox, b.got = outbox.Named("other", seal.NewIndexer()), nil
		b.run(nil)
		b.queue("do", nil, "one")
		b.expect("one")
		if b.outbox = hung; b.waiting() != 100 {
			b.t.Errorf("%d messages wait in the first one, want 100", b.waiting())
		}
	})
}

func TestManyMessages(t *testing.T) {
	inBubble("don't wait for the clock", t, func(b *bench) {
		for i := range 500 {
			b.queue("do", nil, fmt.Sprint(i))
		}
		start := time.Now()
		b.run(nil)
		if got := b.deliveries(); len(got) != 500 || !time.Now().Equal(start) {
			b.t.Errorf("%d messages came after %v, want 500 at once", len(got), time.Since(start))
		}
	})
	inBubble("go to one of two workers each", t, func(b *bench) {
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
