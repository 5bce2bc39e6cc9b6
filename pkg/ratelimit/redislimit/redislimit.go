// Package redislimit is the driver that counts in Redis 6 or later, for all processes that
// use it: one server, Sentinel or Cluster. A check is one script, which Redis runs alone
// and by its own clock. Checks that arrive together share a pipeline.
//
// While Redis does not answer, checks are decided on the process's own count or refused,
// as they say. A counter that Redis lost goes on from what the process that asks first
// knows of it. Exactness then and after is limited: what Redis lost and nobody remembers,
// and the last writes before a failover, make limits generous, and what a check may have
// counted before its answer was lost makes them strict, until the window is over. In a
// cluster, checks of several groups reserve, and give back what another group denies: they
// never admit too much, but deny others for a moment.
//
// A counter takes some 150 bytes in Redis, until a second after the last window in which
// it weighs: at most two durations. Its key is a hash, however long the names. Redis' user
// needs EVALSHA, EVAL, TIME, GET and SET on keys hp:rl:*, INFO to be warned of its eviction
// policy, and in a cluster CLUSTER SLOTS.
package redislimit

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
)

const (
	defaultBudget    = 50 * time.Millisecond
	defaultLocalKeys = 1 << 16
	defaultBounds    = 4096
)

// Options are the settings of a limiter.
type Options struct {
	// URL is redis:// or rediss:// (TLS) for one server, redis+sentinel:// with
	// ?master_name= for the master that sentinels name, redis+cluster:// for a cluster;
	// rediss+… for TLS. ?addr=host:port, repeated, names more sentinels or nodes. User and
	// password are the sentinels' with redis+sentinel://, where ?username= and ?password=
	// are the servers'. go-redis' other parameters may follow, such as pool_size.
	URL string
	// Log is told when checks begin and end to be decided locally, that Redis has lost
	// counters, and that it may. It may be nil.
	Log *slog.Logger
	// Budget is how long a check waits for Redis. 0 means 50 ms.
	Budget time.Duration
	// Processes is how many share a limit while Redis is away. 0 means 1.
	Processes int
	// Bounds is how many full counters are remembered, to deny what they surely deny
	// without asking. 0 means 4,096, less than 0 none.
	Bounds int
	// LocalKeys is how many counters are also held in memory, for when Redis is away or
	// loses them and for async checks, at up to 200 bytes each. 0 means 65,536.
	LocalKeys int
}

// Limiter is a ratelimit.Limiter on Redis.
type Limiter struct {
	servers   servers
	budget    time.Duration
	processes int64
	log       *slog.Logger

	// lanes has a *lane for each *redis.Client in use; lost stands for a cluster of which
	// no server is known.
	lanes sync.Map
	lost  *breaker
	found atomic.Bool

	bounds bounds
	recall recall
	local  *memlimit.Limiter
	debts  debts
	toldAt atomic.Int64 // when the log was told of lost counters last
	// ahead is how far Redis' clock is ahead of this one, in milliseconds.
	ahead atomic.Int64
	stats counts

	life    context.Context
	end     context.CancelFunc
	running sync.WaitGroup
}

var _ ratelimit.Limiter = (*Limiter)(nil)

// New returns a limiter. It does not wait for Redis: until that answers, checks are
// decided as without it. The caller closes it.
func New(o Options) (*Limiter, error) {
	servers, err := dial(o.URL)
	if err != nil {
		return nil, err
	}
	l := &Limiter{servers: servers, budget: o.Budget, processes: int64(max(1, o.Processes)), log: o.Log}
	if l.budget == 0 {
		l.budget = defaultBudget
	}
	if o.LocalKeys == 0 {
		o.LocalKeys = defaultLocalKeys
	}
	if o.Bounds == 0 {
		o.Bounds = defaultBounds
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	l.bounds, l.recall = newBounds(o.Bounds), newRecall(o.LocalKeys)
	l.life, l.end = context.WithCancel(context.Background())
	l.lost = l.newBreaker("cluster", func(ctx context.Context, key string) error {
		ctx, cancel := context.WithTimeout(ctx, netTimeout)
		defer cancel()
		_, err := l.servers.master(ctx, key)
		return err
	})
	l.local = memlimit.New(memlimit.Options{
		MaxKeys: o.LocalKeys,
		Now: func() time.Time {
			return time.Now().Add(time.Duration(l.ahead.Load()) * time.Millisecond)
		},
	})
	l.debts.init()
	l.running.Go(l.reconcile)
	l.running.Go(l.examine)
	return l, nil
}

// Close pays what is owed to Redis, if it answers, and ends the connections. No check may
// be running or follow.
func (l *Limiter) Close() error {
	l.end()
	l.running.Wait()
	return l.servers.any().Close()
}

// Check implements ratelimit.Limiter.
func (l *Limiter) Check(ctx context.Context, checks ...ratelimit.Check) ([]ratelimit.Verdict, error) {
	if err := ratelimit.Validate(checks); err != nil || len(checks) == 0 {
		return nil, err
	}
	if allAsync(checks) {
		return l.decide(ctx, checks, 1)
	}
	if len(checks) == 1 {
		if v, denied := l.bounds.deny(&checks[0]); denied {
			l.stats.bounded.Add(1)
			return []ratelimit.Verdict{v}, nil
		}
	}
	verdicts, err := l.count(ctx, checks)
	switch {
	case err == nil:
		l.stats.counted.Add(uint64(len(checks)))
		return verdicts, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	for i := range checks {
		if checks[i].OnOutage == ratelimit.Closed {
			l.stats.refused.Add(uint64(len(checks)))
			return nil, fmt.Errorf("%w: %w", ratelimit.ErrUnavailable, err)
		}
	}
	return l.decide(ctx, checks, l.processes)
}

func allAsync(checks []ratelimit.Check) bool {
	for i := range checks {
		if !checks[i].Async {
			return false
		}
	}
	return true
}

// lane returns the way to the server that holds a key.
func (l *Limiter) lane(ctx context.Context, key string) (*lane, error) {
	if l.lost.open() {
		return nil, errUnsent
	}
	if !l.found.Load() {
		// Only the first map of a cluster is waited for.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.budget)
		defer cancel()
	}
	client, err := l.servers.master(ctx, key)
	l.lost.heard(key, err)
	if err != nil {
		return nil, errUnsent
	}
	l.found.Store(true)
	n, ok := l.lanes.Load(client)
	if !ok {
		n, _ = l.lanes.LoadOrStore(client, l.newLane(client))
	}
	if lane := n.(*lane); !lane.breaker.open() {
		return lane, nil
	}
	return nil, errUnsent
}

func (l *Limiter) newLane(client *redis.Client) *lane {
	n := &lane{client: client, servers: l.servers, budget: l.budget, running: &l.running}
	n.breaker = l.newBreaker(client.Options().Addr, func(ctx context.Context, key string) error {
		return l.probe(ctx, n, key)
	})
	return n
}

func (l *Limiter) newBreaker(name string, probe func(context.Context, string) error) *breaker {
	return &breaker{probe: probe, life: l.life, running: &l.running, changed: func(open bool, cause error) {
		if open {
			l.stats.open.Add(1)
			l.log.Warn("rate limits are counted locally", "redis", name, "cause", cause)
			return
		}
		l.stats.open.Add(-1)
		ring(l.debts.back)
		l.log.Info("rate limits are counted in redis again", "redis", name)
	}}
}

// probe tells whether a lane's server takes writes within the budget, or no longer holds
// the key, so that its checks go elsewhere.
func (l *Limiter) probe(ctx context.Context, n *lane, key string) error {
	l.servers.doubt()
	for _, limit := range []time.Duration{netTimeout, l.budget} { // the first one may have to dial
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		if client, err := l.servers.master(ctx, key); err == nil && client != n.client {
			l.lanes.Delete(n.client)
			return nil
		}
		c := newCall(checkScript, 1)
		c.set(0, tag(key)+"probe", "f", ratelimit.MaxCount, 1000, 1, "")
		if exec(ctx, n.client.Pipeline(), []*call{c}, true); c.err != nil {
			return c.err
		}
	}
	return nil
}
