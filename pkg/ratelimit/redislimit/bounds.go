package redislimit

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

const (
	// boundLife is how long a bound is believed: a counter may be lost or get a
	// reservation back, and its callers should not wait for the end of a long window.
	boundLife = time.Second
	// drift is how much faster Redis' clock may run than this one in boundLife.
	drift = time.Millisecond
)

// bounds remembers what full counters held when they denied. Within a window a counter
// only grows, so what it would deny then it denies now; a raised limit passes by itself.
// A new entry takes the place of an older one of the same hash.
type bounds struct {
	seed  maphash.Seed
	slots []atomic.Pointer[bound]
}

func newBounds(n int) bounds {
	return bounds{maphash.MakeSeed(), make([]atomic.Pointer[bound], max(0, n))}
}

type bound struct {
	counter ratelimit.Counter
	window  ratelimit.Window
	at      int64     // by Redis' clock
	sent    time.Time // before at
}

func (b *bounds) slot(c *ratelimit.Counter) *atomic.Pointer[bound] {
	return &b.slots[maphash.Comparable(b.seed, *c)%uint64(len(b.slots))]
}

// learn keeps what a denial was based on.
func (b *bounds) learn(c *ratelimit.Check, w ratelimit.Window, at int64, sent time.Time) {
	if len(b.slots) == 0 {
		return
	}
	n := c.Counter()
	b.slot(&n).Store(&bound{counter: n, window: w, at: at, sent: sent})
}

// deny returns the verdict if the check is surely denied.
func (b *bounds) deny(c *ratelimit.Check) (ratelimit.Verdict, bool) {
	if len(b.slots) == 0 {
		return ratelimit.Verdict{}, false
	}
	n := c.Counter()
	known := b.slot(&n).Load()
	if known == nil || known.counter != n {
		return ratelimit.Verdict{}, false
	}
	age := time.Since(known.sent)
	// Redis' clock shows no more than this: a sliding window counts least late.
	now := known.at + (age + drift).Milliseconds() + 1
	if age > boundLife || now >= known.window.Reset(c) {
		return ratelimit.Verdict{}, false
	}
	if c.Admits(known.window.Used(c, now)) {
		return ratelimit.Verdict{}, false
	}
	v := known.window.Verdict(c, now, false)
	v.Source = ratelimit.Bounded
	return v, true
}
