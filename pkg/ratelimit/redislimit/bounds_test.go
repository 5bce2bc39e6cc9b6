package redislimit_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// TestBounds has a full counter deny without Redis, where another process, which knows
// nothing of it, begins afresh meanwhile.
func TestBounds(t *testing.T) {
	addr := servers.StartRedis(t).Addr
	l := open(t, redislimit.Options{URL: "redis://" + addr, Budget: patient})
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	mustCheck(t, l, long("full", 10, 8))
	want := func(c ratelimit.Check, allowed bool, source ratelimit.Source, remaining int64) {
		t.Helper()
		got := mustCheck(t, l, c)[0]
		if got.Allowed != allowed || got.Source != source || got.Remaining != remaining {
			t.Errorf("%+v, want %v from source %d, remaining %d", got, allowed, source, remaining)
		}
	}
	began := time.Now()
	want(long("full", 10, 3), false, ratelimit.Counted, 2)
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	other := open(t, redislimit.Options{URL: "redis://" + addr, Budget: patient})
	mustCheck(t, other, long("full", 10, 1))
	want(long("full", 10, 3), false, ratelimit.Bounded, 2)
	want(long("full", 9, 2), false, ratelimit.Bounded, 1)
	want(long("full", 0, 0), false, ratelimit.Bounded, 0)
	if took := time.Since(began); took > time.Second {
		t.Fatalf("the machine is too slow to tell: %v", took)
	}
	// What is known does not deny these, so Redis is asked, which knows of 1.
	want(long("full", 11, 3), true, ratelimit.Counted, 7)
	want(long("full", 11, 2), true, ratelimit.Counted, 5)
	want(long("full", 10, 3), false, ratelimit.Bounded, 2)
	until(t, 3*time.Second, func() bool {
		return mustCheck(t, l, long("full", 10, 3))[0].Allowed // 6 of 10: the bound is old
	})
}

// TestBoundsEnd has short windows come and go: what filled one denies nothing in the next,
// and denials from memory are never dated back.
func TestBoundsEnd(t *testing.T) {
	l := open(t, redislimit.Options{URL: "redis://" + servers.Redis(t), Budget: patient})
	c := ratelimit.Check{Group: t.Name(), Kind: ratelimit.Fixed, Limit: 1, Duration: 100 * time.Millisecond, Cost: 1}
	granted, bounded, last := 0, 0, int64(0)
	until(t, 5*time.Second, func() bool {
		for range 20 {
			v := mustCheck(t, l, c)[0]
			if v.Source == ratelimit.Bounded && v.At < last {
				t.Fatalf("denied before %d: %+v", last, v)
			}
			last = v.At
			switch {
			case v.Allowed:
				granted++
			case v.Source == ratelimit.Bounded:
				bounded++
				if v.At >= v.Reset {
					t.Fatalf("a window denies after its end: %+v", v)
				}
			}
		}
		return granted >= 5 && bounded > 0
	})
}
