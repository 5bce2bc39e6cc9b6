package limittest

import (
	"math/big"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// Model is a limiter as plain as can be: what was consumed in each window, for ever, and
// the definition, with the one product that may be large worked out in full.
type Model struct{ consumed sums }

type window struct {
	counter ratelimit.Counter
	number  int64
}

type sums map[window]int64

// NewModel returns a model in which nothing was consumed.
func NewModel() *Model { return &Model{consumed: make(sums)} }

// Check is ratelimit.Limiter's, at a time in milliseconds since the epoch. Times must not
// go back.
func (m *Model) Check(now int64, checks []ratelimit.Check) []ratelimit.Verdict {
	verdicts := make([]ratelimit.Verdict, len(checks))
	claims := make(sums)
	for i := range checks {
		c := &checks[i]
		w := window{c.Counter(), now / c.Duration.Milliseconds()}
		used := m.used(w, now) + claims[w]
		if verdicts[i].Allowed = c.Limit > 0 && used+c.Cost <= c.Limit; verdicts[i].Allowed {
			claims[w] += c.Cost
		}
	}
	if ratelimit.Passed(verdicts) {
		for w, n := range claims {
			m.consumed[w] += n
		}
	}
	for i := range checks {
		c, v, d := &checks[i], &verdicts[i], checks[i].Duration.Milliseconds()
		v.Limit, v.Remaining = c.Limit, max(0, c.Limit-m.used(window{c.Counter(), now / d}, now))
		v.Reset, v.At = (now/d+1)*d, now
	}
	return verdicts
}

// used is current + trunc(previous x the share of the current window that is left).
func (m *Model) used(w window, now int64) int64 {
	current := m.consumed[w]
	w.number--
	previous := m.consumed[w]
	if w.counter.Kind == ratelimit.Fixed || previous == 0 {
		return current
	}
	duration := w.counter.Duration.Milliseconds()
	left := (now/duration+1)*duration - now
	share := new(big.Int).Mul(big.NewInt(previous), big.NewInt(left))
	return current + share.Quo(share, big.NewInt(duration)).Int64()
}
