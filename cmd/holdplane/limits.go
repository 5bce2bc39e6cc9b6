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
		l := memlimit.New(memlimit.Options{})
		p.limits = l
		return p.metrics.Register(l)
	}
	l, err := redislimit.New(redislimit.Options{URL: p.flags.Redis, Log: p.log, Processes: p.flags.Processes})
	if err != nil {
		return fmt.Errorf("--redis: %w", err)
	}
	p.closers = append(p.closers, l.Close)
	p.limits, p.shared = l, l
	p.meetRedis(ctx)
	return p.metrics.Register(l)
}

// meetings is how often Redis is asked before callers come. Fewer failures than that have
// the limiter warn and go on by itself; the first answer takes the time to connect.
const meetings = 10

// meetRedis has the log and readiness tell of a Redis that does not answer. That is no
// reason not to start.
func (p *process) meetRedis(ctx context.Context) {
	for range meetings {
		if p.shared.Degraded() || p.askRedis(ctx) {
			return
		}
	}
}

// askRedis tells whether Redis answers a check that counts nothing.
func (p *process) askRedis(ctx context.Context) bool {
	look := ratelimit.Check{Group: "look", Name: "look", Kind: ratelimit.Fixed, Limit: 1, Duration: time.Second}
	verdicts, err := p.shared.Check(ctx, look)
	return err == nil && verdicts[0].Source == ratelimit.Counted
}

// degraded says what does not work as it should, for whoever asks whether it does. It
// asks Redis itself: where no callers come nobody else would notice.
func (p *process) degraded() string {
	if p.shared != nil && !p.askRedis(context.Background()) {
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

// counters is what rate limits are counted in, as the liveness answer says.
func (p *process) counters() string {
	if p.shared != nil {
		return "redis"
	}
	return "memory"
}
