package redislimit

import (
	"context"
	"slices"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// decide decides on this process's own count, which goes on from what Redis last told. A
// check weighs as much as if weight processes had each let one pass, so that together
// they stay below the limit; but one always fits into an empty window. What passes is
// owed to Redis, which may have counted it before its answer was lost: then it counts
// twice, rather than not at all.
func (l *Limiter) decide(ctx context.Context, checks []ratelimit.Check, weight int64) ([]ratelimit.Verdict, error) {
	weighed := checks
	if weight > 1 {
		weighed = slices.Clone(checks)
		for i := range weighed {
			switch c := &weighed[i]; {
			case c.Cost > c.Limit: // denied anyhow
			case c.Cost > c.Limit/weight:
				c.Cost = c.Limit
			default:
				c.Cost *= weight
			}
		}
	}
	verdicts, err := l.local.Check(ctx, weighed...)
	if err != nil {
		return nil, err
	}
	passed := ratelimit.Passed(verdicts)
	for i := range verdicts {
		v, c := &verdicts[i], &checks[i]
		v.Source = ratelimit.Local
		if passed && c.Cost > 0 {
			l.owe(c, v.Reset/c.Duration.Milliseconds()-1)
		}
	}
	l.stats.local.Add(uint64(len(checks)))
	return verdicts, nil
}
