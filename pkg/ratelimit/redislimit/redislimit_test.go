package redislimit_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/limittest"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// patient is a budget that a busy machine keeps.
const patient = 30 * time.Second

// open returns a limiter that lives as long as the test.
func open(t testing.TB, o redislimit.Options) *redislimit.Limiter {
	t.Helper()
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	l, err := redislimit.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestConformance(t *testing.T) {
	limittest.Run(t, func(t *testing.T) limittest.Fixture {
		m := miniredis.RunT(t)
		now := time.Now()
		// Bounds age by this process's clock, which stands still beside miniredis'.
		l := open(t, redislimit.Options{URL: "redis://" + m.Addr(), Budget: patient, Bounds: -1})
		return limittest.Fixture{Limiter: l, SetTime: func(to time.Time) {
			if to.After(now) {
				m.FastForward(to.Sub(now))
			}
			now = to
			m.SetTime(to)
		}}
	})
}

// TestLife has a counter end a second after its last window.
func TestLife(t *testing.T) {
	m := miniredis.RunT(t)
	m.SetTime(time.UnixMilli(1_800_000_000_000 + 250))
	l := open(t, redislimit.Options{URL: "redis://" + m.Addr(), Budget: patient})
	for kind, want := range map[ratelimit.Kind]time.Duration{
		ratelimit.Fixed:   59_750*time.Millisecond + time.Second,
		ratelimit.Sliding: 119_750*time.Millisecond + time.Second,
	} {
		m.FlushAll()
		mustCheck(t, l, ratelimit.Check{Kind: kind, Limit: 5, Duration: time.Minute, Cost: 1})
		if got := m.TTL(m.Keys()[0]); got != want {
			t.Errorf("kind %d lives for %v, want %v", kind, got, want)
		}
	}
}
