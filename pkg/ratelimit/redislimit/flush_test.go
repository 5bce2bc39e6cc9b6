package redislimit_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// TestFlushed loses the scripts, which costs nothing, and the counters, which go on from
// what this process knows.
func TestFlushed(t *testing.T) {
	addr := servers.StartRedis(t).Addr
	l := open(t, redislimit.Options{URL: "redis://" + addr, Budget: patient, Bounds: -1})
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	for _, kind := range []ratelimit.Kind{ratelimit.Fixed, ratelimit.Sliding} {
		remaining := func(want int64, allowed bool) {
			t.Helper()
			c := long("flushed", 10, 3)
			c.Kind = kind
			got := mustCheck(t, l, c)[0]
			if got.Remaining != want || got.Allowed != allowed || got.Source != ratelimit.Counted {
				t.Errorf("kind %d: %+v, want %v, remaining %d", kind, got, allowed, want)
			}
		}
		remaining(7, true)
		if err := client.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		remaining(4, true)
		for _, allowed := range []bool{true, false, false} {
			if err := client.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			remaining(1, allowed)
		}
		// Also what is denied puts the counter back, for those who know nothing.
		other := open(t, redislimit.Options{URL: "redis://" + addr, Budget: patient})
		c := long("flushed", 10, 0)
		c.Kind = kind
		if got := mustCheck(t, other, c)[0]; got.Remaining != 1 {
			t.Errorf("kind %d: another process is told %+v", kind, got)
		}
	}
	if s := l.Stats(); s.Restored != 6 || s.Local != 0 || s.Degraded {
		t.Errorf("%+v", s)
	}
}

// TestFlushedBefore has the window before survive a flush, and a counter that has ended
// stay away.
func TestFlushedBefore(t *testing.T) {
	addr := servers.StartRedis(t).Addr
	l := open(t, redislimit.Options{URL: "redis://" + addr, Budget: patient, Bounds: -1})
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	c := long("before", 1000, 1000)
	c.Duration = 500 * time.Millisecond
	first := mustCheck(t, l, c)[0]
	c.Cost = 0
	until(t, 10*time.Second, func() bool {
		if err := client.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		v := mustCheck(t, l, c)[0]
		d := c.Duration.Milliseconds()
		switch age := v.Reset - first.Reset; {
		case age == 0 && v.Remaining != 0,
			age == d && v.Remaining != 1000-1000*(v.Reset-v.At)/d,
			age > d && v.Remaining != 1000:
			t.Fatalf("%d ms after the first window: %+v", age, v)
		default:
			return age > d
		}
		return false
	})
}

// TestFlushedUnderLoad flushes again and again while two processes count: what their calls
// on the way make of it stays within a tenth of the limit.
func TestFlushedUnderLoad(t *testing.T) {
	const limit, callers, flushes = 3000, 16, 5
	addr := servers.StartRedis(t).Addr
	options := redislimit.Options{URL: "redis://" + addr, Budget: patient}
	processes := []*redislimit.Limiter{open(t, options), open(t, options)}
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	var granted, flushed atomic.Int64
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for range 2 * limit / callers {
				o := ask(t, processes[caller%2], long("load", limit, 1))
				if o.err != nil || o.verdict.Source == ratelimit.Local {
					t.Errorf("a check beside a flush: %+v", o)
					return
				}
				n := granted.Add(int64(o.granted))
				if due := flushed.Load(); due < flushes && n > (due+1)*limit/(flushes+1) && flushed.CompareAndSwap(due, due+1) {
					if err := client.FlushAll(t.Context()).Err(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	restored := slices.MaxFunc(processes, func(a, b *redislimit.Limiter) int {
		return int(a.Stats().Restored) - int(b.Stats().Restored)
	}).Stats().Restored
	t.Logf("%d granted of %d with %d flushes", granted.Load(), limit, flushed.Load())
	if n := granted.Load(); n < limit || n > limit*11/10 || flushed.Load() != flushes || restored == 0 {
		t.Errorf("%d granted of %d with %d flushes, %d noticed", n, limit, flushed.Load(), restored)
	}
}
