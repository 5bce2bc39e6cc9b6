package limittest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// The checks of a setting: in every test run, and with HOLDPLANE_CAMPAIGN set.
const (
	someChecks = 20_000
	manyChecks = 1_000_000
)

// perWindow is how many checks of a counter a window sees where time runs as fast as a
// test likes.
const perWindow = 500

// Exact has 64 callers bear down on a fixed and a sliding counter, for limits of 1 to
// 100,000 in windows of 1 to 60 seconds. It feeds what happened to the model, in the order
// of the limiters' own times: that must answer every check as it was answered. Run
// returns what happened under a load.
func Exact(t *testing.T, run func(*testing.T, Load) []Event) {
	settings(t, func(t *testing.T, l Load) {
		l.Window = someChecks / 2
		exact(t, l, run)
	})
}

// ExactFast is Exact for clocks that run as fast as the load's Pace asks for, so that every
// setting goes through many windows. Each call checks both counters.
func ExactFast(t *testing.T, run func(*testing.T, Load) []Event) {
	settings(t, func(t *testing.T, l Load) {
		l.Window, l.Both = perWindow, true
		exact(t, l, run)
	})
}

// ExactOne is Exact for one limit, by way of all limiters.
func ExactOne(t *testing.T, limit int64, duration time.Duration, limiters ...ratelimit.Limiter) {
	exact(t, Load{
		Limit: limit, Duration: duration, Checks: someChecks, Callers: callers, Window: someChecks / 2,
	}, In(limiters...))
}

func settings(t *testing.T, test func(*testing.T, Load)) {
	n := someChecks
	if os.Getenv("HOLDPLANE_CAMPAIGN") != "" {
		n = manyChecks
	}
	for _, duration := range []time.Duration{time.Second, 10 * time.Second, time.Minute} {
		for _, limit := range []int64{1, 10, 1000, 100_000} {
			t.Run(fmt.Sprintf("%d in %v", limit, duration), func(t *testing.T) {
				test(t, Load{Limit: limit, Duration: duration, Checks: n, Callers: callers})
			})
		}
	}
}

// In has one process bear a load, by way of all limiters.
func In(limiters ...ratelimit.Limiter) func(*testing.T, Load) []Event {
	return func(t *testing.T, l Load) []Event { return must(t)(l.Run(t.Context(), nil, limiters...)) }
}

// InVirtualTime has a load borne in virtual time, by a limiter on this process's clock.
func InVirtualTime(open func() ratelimit.Limiter) func(*testing.T, Load) []Event {
	return func(t *testing.T, l Load) (events []Event) {
		synctest.Test(t, func(t *testing.T) {
			// Every other check waits for twice as long as there is from one to the next.
			longest := 4 * int64(l.Pace()) * int64(l.Callers)
			pause := func() { time.Sleep(time.Duration(rand.Int64N(longest) * rand.Int64N(2))) }
			events = must(t)(l.Run(t.Context(), pause, open()))
		})
		return events
	}
}

func must(t *testing.T) func([]Event, error) []Event {
	return func(events []Event, err error) []Event {
		if err != nil {
			t.Fatal(err)
		}
		return events
	}
}

func exact(t *testing.T, l Load, run func(*testing.T, Load) []Event) {
	l.Group = fmt.Sprint(rand.Uint64())
	began := time.Now()
	events := run(t, l)
	t.Logf("%d calls in %v", len(events), time.Since(began).Round(time.Millisecond))
	if want := l.Checks / l.each(); len(events) != want {
		t.Fatalf("%d calls are answered, want %d", len(events), want)
	}
	if l.Both {
		judge(t, l, events)
		return
	}
	for k := range kinds {
		judge(t, l, slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Costs[k] < 0 }))
	}
}
