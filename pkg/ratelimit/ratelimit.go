// Package ratelimit says whether a caller may go on, by counting what it used in windows
// of time. A driver holds the counters: memlimit in memory, redislimit in a Redis that
// several processes share. Both decide exactly, in integers: nothing above a limit is
// admitted, and nothing below it is denied.
package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limiter decides over checks. It may be used concurrently.
type Limiter interface {
	// Check decides over all checks at once: if one is denied, none consumes anything.
	// Every check has its own verdict, in order. A check counts what those before it in
	// the call consume. No checks are no verdicts.
	//
	// It returns ErrUnavailable if shared counters are out of reach and a check is
	// Closed, the context's error, or an error of the program for an invalid check.
	Check(ctx context.Context, checks ...Check) ([]Verdict, error)
}

// ErrUnavailable says that the shared counters are out of reach and that a check may not
// do without them. It is no denial: the caller should try later.
var ErrUnavailable = errors.New("rate limit counters are unavailable")

// Bounds of a check. Up to MaxCount a Lua number, a double, is exact, and below
// MaxDuration (34 years) so are the products of the sliding window's digits.
const (
	MaxCount    = 1<<53 - 1
	MaxDuration = (1<<40 - 1) * time.Millisecond
	// MaxChecks is how many checks a call may have.
	MaxChecks = 100
)

// Kind is how a counter forgets. The zero Kind is not valid.
type Kind uint8

const (
	// Fixed counts in windows aligned to the epoch, each from zero.
	Fixed Kind = iota + 1
	// Sliding adds the share of the previous window that the last Duration still covers,
	// rounded down.
	Sliding
)

// Outage is what a check does while the shared counters are out of reach.
type Outage uint8

const (
	// OpenLocal counts in the process, which takes its share of the limit.
	OpenLocal Outage = iota
	// Closed answers ErrUnavailable.
	Closed
)

// Check asks whether Cost may be consumed from a counter.
type Check struct {
	// Group and Name identify the counter, with Kind, Duration, and if Fixed also Limit
	// and Async: a fixed window starts afresh under a changed limit. Counters of one
	// group are decided over in one step, also in a cluster. Both hold any bytes.
	Group, Name string
	// Owner is whose counter it is: a tenant. Where memory is full, the owner with the most
	// counters loses some. It does not tell counters apart, and may be empty.
	Owner string
	Kind  Kind
	// Limit is what a window may hold, 0 to MaxCount. 0 denies everything.
	Limit int64
	// Duration is the window's, in whole milliseconds, up to MaxDuration.
	Duration time.Duration
	// Cost is what is consumed, 0 to MaxCount. 0 reads: it passes up to the limit itself.
	// A cost above the limit is denied.
	Cost int64
	// Async lets a driver with shared counters answer from memory and reconcile
	// afterwards, which may admit too much. It counts if all checks of the call have it.
	Async bool
	// OnOutage needs to be set only for what must not run unlimited.
	OnOutage Outage
}

// Source is where a verdict comes from.
type Source uint8

const (
	// Counted is a decision on the counter itself.
	Counted Source = iota
	// Bounded is a denial by what the counter is known to hold at least.
	Bounded
	// Local is a decision on this process's own count, where the counter is shared.
	Local
)

// Verdict is the answer to a check.
type Verdict struct {
	// Allowed is this check's own verdict; the call passes if all are allowed.
	Allowed bool
	Source  Source
	// Limit is the check's. Remaining is what is left of it after the call, at least 0.
	Limit, Remaining int64
	// Reset is the end of the current window, At the time of the decision, both by the
	// clock of the counters, in milliseconds since the epoch.
	Reset, At int64
}

// Passed tells whether every verdict allows.
func Passed(verdicts []Verdict) bool {
	for i := range verdicts {
		if !verdicts[i].Allowed {
			return false
		}
	}
	return true
}

// Counter is what a check counts in. Checks with equal counters share one.
type Counter struct {
	Group, Name string
	Kind        Kind
	Async       bool
	Duration    time.Duration
	Limit       int64
}

// Counter returns the check's counter.
func (c *Check) Counter() Counter {
	n := Counter{Group: c.Group, Name: c.Name, Kind: c.Kind, Duration: c.Duration}
	if c.Kind == Fixed {
		n.Limit, n.Async = c.Limit, c.Async
	}
	return n
}

// Validate returns an error of the program if a driver cannot decide over checks.
func Validate(checks []Check) error {
	if len(checks) > MaxChecks {
		return fmt.Errorf("rate limit: %d checks in a call, at most %d", len(checks), MaxChecks)
	}
	for i := range checks {
		if c := &checks[i]; !c.valid() {
			return fmt.Errorf("rate limit: check %d is out of bounds: kind %d, limit %d, duration %v, cost %d",
				i, c.Kind, c.Limit, c.Duration, c.Cost)
		}
	}
	return nil
}

func (c *Check) valid() bool {
	return (c.Kind == Fixed || c.Kind == Sliding) &&
		c.Limit >= 0 && c.Limit <= MaxCount && c.Cost >= 0 && c.Cost <= MaxCount &&
		c.Duration > 0 && c.Duration <= MaxDuration && c.Duration%time.Millisecond == 0
}
