package limittest

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// callers is how many goroutines bear a load.
const callers = 64

var kinds = [2]ratelimit.Kind{ratelimit.Fixed, ratelimit.Sliding}

// shares are how much of what the limit admits is asked for, one after the other.
var shares = []float64{0.5, 0.9, 1, 2, 10}

// Load is what callers do to a fixed and a sliding counter of one limit. It and events may
// be sent to other processes.
type Load struct {
	Group    string
	Limit    int64
	Duration time.Duration
	// Checks is how many checks there are, half of them of each counter.
	Checks, Callers int
	// Window is how many checks of a counter fall into a window, more or less.
	Window int
	// Both has every call check both counters.
	Both bool
}

// Event is a call and what came of it, with a place for each kind.
type Event struct {
	// Costs are less than 0 where there was no check.
	Costs    [2]int64
	Verdicts [2]ratelimit.Verdict
}

// Pace is the time from one call to the next by which windows are as full as they should.
func (l Load) Pace() time.Duration {
	return l.Duration * time.Duration(l.each()) / time.Duration(2*l.Window)
}

// each is how many checks a call has.
func (l Load) each() int {
	if l.Both {
		return 2
	}
	return 1
}

// Part returns the load of process i of n, which have as many callers together.
func (l Load) Part(i, n int) Load {
	from, to := i*l.Callers/n, (i+1)*l.Callers/n
	// Whole calls.
	l.Checks = (to*l.Checks/l.Callers)&^1 - (from*l.Checks/l.Callers)&^1
	l.Callers = to - from
	return l
}

// Run has the callers ask by way of all limiters. They pause before each call, if pause is
// not nil.
func (l Load) Run(ctx context.Context, pause func(), limiters ...ratelimit.Limiter) ([]Event, error) {
	events := make([]Event, l.Checks/l.each())
	var all errgroup.Group
	for caller := range l.Callers {
		limiter := limiters[caller%len(limiters)]
		all.Go(func() error {
			for i := caller; i < len(events); i += l.Callers {
				if pause != nil {
					pause()
				}
				events[i] = l.costs(float64(i) / float64(len(events)))
				checks := l.checks(&events[i])
				got, err := limiter.Check(ctx, checks...)
				if err != nil {
					return err
				}
				for j, c := range checks {
					events[i].Verdicts[slices.Index(kinds[:], c.Kind)] = got[j]
				}
			}
			return nil
		})
	}
	return events, all.Wait()
}

// checks are those of the event's call.
func (l Load) checks(e *Event) []ratelimit.Check {
	checks := make([]ratelimit.Check, 0, len(kinds))
	for k, cost := range e.Costs {
		if cost >= 0 {
			checks = append(checks, ratelimit.Check{
				Group: l.Group, Kind: kinds[k], Limit: l.Limit, Duration: l.Duration, Cost: cost,
			})
		}
	}
	return checks
}

// costs returns the next event. Where both counters are checked, one of them is often
// only read, so that the other alone decides.
func (l Load) costs(progress float64) (e Event) {
	e.Costs = [2]int64{l.cost(progress), l.cost(progress)}
	switch k := rand.IntN(4); {
	case !l.Both:
		e.Costs[k%2] = -1
	case k < 2:
		e.Costs[k] = 0
	}
	return e
}

// cost has the load grow with progress, from 0 to 1. It reads now and then, and asks for
// too much.
func (l Load) cost(progress float64) int64 {
	switch r := rand.IntN(1000); {
	case r < 50:
		return 0
	case r < 55:
		return l.Limit + 1
	}
	share := shares[int(progress*float64(len(shares)))]
	return 1 + rand.Int64N(max(1, int64(2*share*float64(l.Limit)/float64(l.Window))))
}
