package outbox_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
)

// troubled fails its first calls, as a store does that is busy or out of reach.
type troubled struct {
	kv.Store
	views, updates atomic.Int32
}

func (s *troubled) View(ctx context.Context, fn func(kv.Reader) error) error {
	if s.views.Add(-1) >= 0 {
		return kv.ErrUnavailable
	}
	return s.Store.View(ctx, fn)
}

func (s *troubled) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if s.updates.Add(-1) >= 0 {
		return kv.ErrBusy
	}
	return s.Store.Update(ctx, fn)
}

// deliverTo queues one message and runs a worker on s for ten minutes.
func deliverTo(t *testing.T, s func(kv.Store) kv.Store, handle outbox.Handler) error {
	b := newBench(t)
	b.queue("do", nil, "a")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	return b.outbox.Run(ctx, s(b.store), map[string]outbox.Handler{"do": handle}, slog.New(slog.DiscardHandler))
}

func TestWorkerOutlivesTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		delivered := 0
		err := deliverTo(t, func(s kv.Store) kv.Store {
			bad := &troubled{Store: s}
			bad.views.Store(3)
			bad.updates.Store(3)
			return bad
		}, func(context.Context, []byte) error {
			delivered++
			return nil
		})
		if err != nil || delivered != 1 {
			t.Errorf("delivered %d times, %v", delivered, err)
		}
	})
}

func TestHandlerThatPanicsHasFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		err := deliverTo(t, func(s kv.Store) kv.Store { return s }, func(context.Context, []byte) error {
			if tries++; tries == 1 {
				panic("a value that may be a caller's")
			}
			return nil
		})
		if err != nil || tries != 2 {
			t.Errorf("tried %d times, %v", tries, err)
		}
	})
}
