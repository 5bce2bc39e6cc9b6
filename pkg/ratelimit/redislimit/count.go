package redislimit

import (
	"context"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// part is the checks of a call that one script decides over.
type part struct {
	// which of the checks; nil stands for all.
	which []int
	lane  *lane
	call  *call
}

// check returns the place of the script's check i in the call.
func (p *part) check(i int) int {
	if p.which == nil {
		return i
	}
	return p.which[i]
}

// count has Redis decide.
func (l *Limiter) count(ctx context.Context, checks []ratelimit.Check) ([]ratelimit.Verdict, error) {
	parts, err := l.parts(ctx, checks)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		p.lane.send(p.call)
	}
	var failed error
	for _, p := range parts {
		if err := p.lane.wait(ctx, p.call); err != nil {
			failed = err
		}
	}
	passed := failed == nil
	for _, p := range parts {
		passed = passed && p.call.all
	}
	if !passed && len(parts) > 1 {
		l.giveBack(checks, parts)
	}
	if failed != nil {
		return nil, failed
	}
	verdicts := make([]ratelimit.Verdict, len(checks))
	for _, p := range parts {
		l.hear(checks, p, verdicts)
	}
	return verdicts, nil
}

// parts splits checks by where their counters are: all in one place, except in a cluster.
func (l *Limiter) parts(ctx context.Context, checks []ratelimit.Check) ([]part, error) {
	if l.servers.cluster == nil || len(checks) == 1 {
		p, err := l.part(ctx, checks, nil, len(checks))
		return []part{p}, err
	}
	var tags []string
	groups := make(map[string][]int)
	for i := range checks {
		t := tag(key(&checks[i]))
		if groups[t] == nil {
			tags = append(tags, t)
		}
		groups[t] = append(groups[t], i)
	}
	parts := make([]part, len(tags))
	for i, t := range tags {
		var err error
		if parts[i], err = l.part(ctx, checks, groups[t], len(groups[t])); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func (l *Limiter) part(ctx context.Context, checks []ratelimit.Check, which []int, n int) (part, error) {
	p := part{which: which, call: newCall(checkScript, n)}
	for i := range n {
		c := &checks[p.check(i)]
		k := key(c)
		p.call.set(i, k, kind(c), c.Limit, c.Duration.Milliseconds(), c.Cost, l.recall.of(k))
	}
	var err error
	p.lane, err = l.lane(ctx, p.call.key())
	return p, err
}

// giveBack takes back what the parts that passed have consumed, since another did not.
// Their answers become those of after that. What cannot be given back stays consumed.
func (l *Limiter) giveBack(checks []ratelimit.Check, parts []part) {
	refunds := make([]*call, len(parts))
	for n, p := range parts {
		if p.call.finished() && p.call.err == nil && p.call.all {
			refunds[n] = refund(checks, p)
			p.lane.send(refunds[n])
		}
	}
	for n, c := range refunds {
		if c == nil {
			continue
		}
		// The caller's context may be over, and what was reserved has to go all the same.
		if err := parts[n].lane.wait(context.Background(), c); err != nil {
			l.stats.lost.Add(1)
			continue
		}
		parts[n].call = c
	}
}

func refund(checks []ratelimit.Check, p part) *call {
	back := newCall(addScript, len(p.call.answers))
	for i, a := range p.call.answers {
		c := &checks[p.check(i)]
		back.set(i, p.call.keyOf(i), kind(c), a.window.Seq, c.Duration.Milliseconds(), -c.Cost, "")
	}
	return back
}

// hear writes the verdicts of a part, and keeps what they tell.
func (l *Limiter) hear(checks []ratelimit.Check, p part, verdicts []ratelimit.Verdict) {
	for i, a := range p.call.answers {
		c := &checks[p.check(i)]
		verdicts[p.check(i)] = a.window.Verdict(c, p.call.now, a.passed)
		if !a.passed {
			l.bounds.learn(c, a.window, p.call.now, p.call.sent)
		}
		if a.restored {
			l.restored()
		}
		l.recall.learn(p.call.keyOf(i), a.window)
		l.local.Raise(c, a.window)
	}
	l.ahead.Store(p.call.now - p.call.sent.UnixMilli())
}
