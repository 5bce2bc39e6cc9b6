package limittest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// callers is how many goroutines share the work of a campaign.
const callers = 64

// The size of a setting: in every test run, and with HOLDPLANE_CAMPAIGN set.
const (
	someChecks = 20_000
	manyChecks = 1_000_000
)

// Exact has 64 callers hammer one counter by way of all limiters, for limits of 1 to
// 100,000 and windows of 1 to 60 seconds, and feeds what happened to the model, in the order of the limiters' own times:
// it must answer every check as it was answered. The limiters have to share their
// counters, and to answer from nothing else.
func Exact(t *testing.T, limiters ...ratelimit.Limiter) {
	each(t, func(t *testing.T, c ratelimit.Check, n int) {
		replay(t, hammer(t, c, n, limiters, func() {}))
	})
}

// ExactOne is Exact for one limit of sliding windows, in every run.
func ExactOne(t *testing.T, limit int64, duration time.Duration, limiters ...ratelimit.Limiter) {
	c := ratelimit.Check{Group: fmt.Sprint(rand.Uint64()), Kind: ratelimit.Sliding, Limit: limit, Duration: duration}
	replay(t, hammer(t, c, someChecks, limiters, func() {}))
}

// ExactVirtual is Exact in virtual time, which a limiter on this process's clock sees, and
// across some twenty windows.
func ExactVirtual(t *testing.T, open func() ratelimit.Limiter) {
	each(t, func(t *testing.T, c ratelimit.Check, n int) {
		synctest.Test(t, func(t *testing.T) {
			longest := int64(c.Duration) * 80 * callers / int64(n)
			replay(t, hammer(t, c, n, []ratelimit.Limiter{open()}, func() {
				time.Sleep(time.Duration(rand.Int64N(longest) * rand.Int64N(2)))
			}))
		})
	})
}

// each runs a test for each limit and window: in a campaign for all of them and both
// kinds, in every run for as few as have each limit and window once.
func each(t *testing.T, test func(t *testing.T, c ratelimit.Check, n int)) {
	campaign := os.Getenv("HOLDPLANE_CAMPAIGN") != ""
	n := someChecks
	if campaign {
		n = manyChecks
	}
	for i, duration := range []time.Duration{time.Second, 10 * time.Second, time.Minute} {
		for j, limit := range []int64{1, 10, 1000, 100_000} {
			for k, kind := range []ratelimit.Kind{ratelimit.Fixed, ratelimit.Sliding} {
				if !campaign && ((i+j)%3 != 0 || k != j/2) {
					continue
				}
				c := ratelimit.Check{Group: fmt.Sprint(rand.Uint64()), Kind: kind, Limit: limit, Duration: duration}
				t.Run(fmt.Sprintf("kind %d, %d in %v", kind, limit, duration), func(t *testing.T) { test(t, c, n) })
			}
		}
	}
}

// event is a check and what came of it.
type event struct {
	check   ratelimit.Check
	verdict ratelimit.Verdict
}

func hammer(t *testing.T, c ratelimit.Check, n int, limiters []ratelimit.Limiter, pause func()) []event {
	events := make([]event, n)
	began := time.Now()
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			l, c := limiters[caller%len(limiters)], c
			for i := caller; i < n; i += callers {
				pause()
				c.Cost = cost(c.Limit)
				got, err := l.Check(t.Context(), c)
				if err != nil {
					t.Error(err)
					return
				}
				events[i] = event{c, got[0]}
			}
		})
	}
	all.Wait()
	t.Logf("%d checks in %v", n, time.Since(began).Round(time.Millisecond))
	return events
}

// cost is mostly 1, or up to 12 where the limit is out of reach otherwise; it reads now
// and then, and asks for too much.
func cost(limit int64) int64 {
	switch r := rand.Int64N(1000); {
	case r < 50:
		return 0
	case r < 55:
		return limit + 1
	case limit > someChecks:
		return 1 + r%12
	case r < 100:
		return 2
	default:
		return 1
	}
}

// replay puts events into the order in which they happened. Within a millisecond nothing
// but consumption changes what remains, so that tells the order.
func replay(t *testing.T, events []event) {
	slices.SortFunc(events, func(a, b event) int {
		return cmp.Or(
			cmp.Compare(a.verdict.At, b.verdict.At),
			cmp.Compare(b.verdict.Remaining, a.verdict.Remaining),
			cmp.Compare(b.consumed(), a.consumed()),
		)
	})
	model := NewModel()
	admitted, denied, wrong := 0, 0, 0
	for i, e := range events {
		want := model.Check(e.verdict.At, []ratelimit.Check{e.check})[0]
		if e.verdict.Allowed {
			admitted++
		} else {
			denied++
		}
		if e.verdict != want {
			if wrong++; wrong <= 3 {
				t.Errorf("check %d of %d at cost %d: %+v, want %+v", i, len(events), e.check.Cost, e.verdict, want)
			}
		}
	}
	t.Logf("%d admitted, %d denied, %d answered wrong", admitted, denied, wrong)
	if admitted == 0 || denied == 0 {
		t.Error("the campaign saw one kind of answer only")
	}
}

// consumed is what the event took from the counter.
func (e event) consumed() int64 {
	if e.verdict.Allowed {
		return e.check.Cost
	}
	return 0
}
