package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// openLimits makes the counters of rate limits: in Redis, or in this process alone. A
// process without services counts nothing.
func (p *process) openLimits(ctx context.Context) error {
	if p.flags.Redis == "" || len(servicesIn(p.names)) == 0 {
		p.limits = memlimit.New(memlimit.Options{})
		return nil
	}
	l, err := redislimit.New(redislimit.Options{URL: p.flags.Redis, Log: p.log, Processes: p.flags.Processes})
	if err != nil {
		return fmt.Errorf("--redis: %w", err)
	}
	p.closers = append(p.closers, l.Close)
	p.limits, p.shared = l, l
	p.meetRedis(ctx)
	return nil
}

const (
	// meetings is how often Redis is asked before callers come. Fewer failures have the
	// limiter warn and go on by itself; the first answer takes the time to connect.
	meetings = 10
	// policyPatience bounds the question for the memory policy.
	policyPatience = time.Second
)

// meetRedis has the log tell of a Redis that does not answer, or that may forget. Neither
// is a reason not to start.
func (p *process) meetRedis(ctx context.Context) {
	look := ratelimit.Check{Group: "start", Name: "start", Kind: ratelimit.Fixed, Limit: 1, Duration: time.Second}
	for range meetings {
		verdicts, err := p.shared.Check(ctx, look)
		if err != nil || p.shared.Stats().Degraded {
			return // told to stop; or the limiter has said so
		}
		if verdicts[0].Source == ratelimit.Counted {
			break
		}
	}
	ctx, cancel := context.WithTimeout(ctx, policyPatience)
	defer cancel()
	switch policy, err := p.shared.EvictionPolicy(ctx); {
	case err != nil:
		p.log.WarnContext(ctx, "redis does not tell its memory policy", "error", err)
	case policy != "noeviction":
		p.log.WarnContext(ctx, "redis may forget rate limits when its memory is full; set maxmemory-policy to noeviction", "policy", policy)
	}
}

// degraded says what does not work as it should, for whoever asks whether it does.
func (p *process) degraded() string {
	if p.shared != nil && p.shared.Stats().Degraded {
		return "rate limits are counted locally"
	}
	return ""
}

// checkRedis refuses what is no address. What can't be read is not shown: it may be a
// password.
func (f *serverFlags) checkRedis() error {
	if f.Processes < 1 {
		return fmt.Errorf("--redis-processes %d: at least one process names that Redis, this one", f.Processes)
	}
	if f.Redis == "" {
		return nil
	}
	u, err := url.Parse(f.Redis)
	if err != nil || u.Host == "" || strings.Contains(u.Path+u.RawQuery, "@") || u.Fragment != "" {
		return errors.New("--redis is no address like redis://user:password@host:6379; special characters of a password are written as %40 for @")
	}
	if scheme := strings.TrimSuffix(strings.TrimSuffix(u.Scheme, "+sentinel"), "+cluster"); scheme != "redis" && scheme != "rediss" {
		return errors.New("--redis begins with none of redis://, rediss://, redis+sentinel://, redis+cluster:// and the two with rediss+")
	}
	return nil
}
