package outbox_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/seal"
)

// inUrgentBubble is inBubble with an urgent outbox.
func inUrgentBubble(name string, t *testing.T, test func(*bench)) {
	inBubble(name, t, func(b *bench) {
		b.outbox = outbox.Urgent("urgent", seal.NewIndexer())
		test(b)
	})
}

func TestUrgent(t *testing.T) {
	inUrgentBubble("a crashed worker's message comes again within seconds", t, func(b *bench) {
		stop := b.run(func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return nil // too late: nobody settles it
		})
		b.queue("do", nil, "one")
		b.expect("one")
		stop()
		b.run(nil)
		time.Sleep(time.Second)
		b.expect("one")
		time.Sleep(3 * time.Second)
		b.expect("one", "one")
	})
	inUrgentBubble("a server that comes back after an hour hears within seconds", t, func(b *bench) {
		back := time.Now().Add(time.Hour)
		var heard atomic.Pointer[time.Time]
		b.run(func(context.Context, string) error {
			if time.Now().Before(back) {
				return errors.New("away")
			}
			now := time.Now()
			heard.Store(&now)
			return nil
		})
		b.queue("do", nil, "one")
		time.Sleep(time.Hour + 5*time.Second)
		if at := heard.Load(); at == nil || at.Sub(back) > 4*time.Second {
			b.t.Errorf("it was back at %v and heard at %v", back, at)
		}
	})
}
