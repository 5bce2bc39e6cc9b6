package memlimit

import (
	"sync/atomic"
	"time"
)

// follow is how soon a clock follows where the system's is set.
const follow = time.Second

// clock is the system's at half the price: it adds what has passed, by the monotonic clock
// alone, to when it asked for both.
type clock struct{ base atomic.Pointer[time.Time] }

func newClock() *clock {
	c := new(clock)
	c.set()
	return c
}

// milli is the time in milliseconds since the epoch.
func (c *clock) milli() int64 {
	base := c.base.Load()
	passed := time.Since(*base)
	if passed >= follow {
		return c.set().UnixMilli()
	}
	return (base.UnixNano() + int64(passed)) / int64(time.Millisecond)
}

func (c *clock) set() time.Time {
	now := time.Now()
	c.base.Store(&now)
	return now
}
