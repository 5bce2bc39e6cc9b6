package redislimit_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// long is a check of windows that do not end while a test runs.
func long(name string, limit, cost int64) ratelimit.Check {
	return ratelimit.Check{
		Group: name, Kind: ratelimit.Sliding, Limit: limit, Duration: 1000 * time.Hour, Cost: cost,
	}
}

func mustCheck(t *testing.T, l ratelimit.Limiter, checks ...ratelimit.Check) []ratelimit.Verdict {
	t.Helper()
	got, err := l.Check(t.Context(), checks...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestKeys looks at what is in Redis: every key ends by itself, a second after its last
// window, and tells nothing of names.
func TestKeys(t *testing.T) {
	addr := servers.StartRedis(t).Addr
	l := open(t, redislimit.Options{URL: "redis://" + addr, Budget: patient})
	for _, kind := range []ratelimit.Kind{ratelimit.Fixed, ratelimit.Sliding} {
		mustCheck(t, l, ratelimit.Check{
			Group: strings.Repeat("secret", 85), Name: "secret", Kind: kind, Limit: 5, Duration: time.Minute, Cost: 1,
		})
	}
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	keys := client.Keys(t.Context(), "*").Val()
	if len(keys) != 2 {
		t.Fatalf("keys %q, want one for each counter", keys)
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, "hp:rl:{") || strings.Contains(key, "secret") || len(key) > 40 {
			t.Errorf("key %q", key)
		}
		if life := client.PTTL(t.Context(), key).Val(); life <= 0 || life > 121*time.Second {
			t.Errorf("key %q lives for %v", key, life)
		}
	}
}

// TestAsync has one process answer from memory, and another see it soon.
func TestAsync(t *testing.T) {
	options := redislimit.Options{URL: "redis://" + servers.StartRedis(t).Addr, Budget: patient, Processes: 7}
	a, b := open(t, options), open(t, options)
	async, strict := long("async", 10, 1), long("async", 10, 0)
	async.Async = true
	mustCheck(t, b, long("async", 10, 1))
	for want := int64(9); want >= 0; want-- {
		if got := mustCheck(t, a, async)[0]; !got.Allowed || got.Source != ratelimit.Local || got.Remaining != want {
			t.Errorf("%+v, want remaining %d", got, want)
		}
	}
	if got := mustCheck(t, a, async)[0]; got.Allowed {
		t.Errorf("more than the limit is allowed in one process: %+v", got)
	}
	until(t, 3*time.Second, func() bool { return a.Stats().Owed == 0 })
	until(t, 3*time.Second, func() bool { return mustCheck(t, b, strict)[0].Remaining == 0 })
	strict.Limit = 100
	if got := mustCheck(t, b, strict)[0]; got.Remaining != 89 {
		t.Errorf("Redis says %+v, want 11 used", got)
	}
	// Paying told the other process's share.
	async.Limit, async.Cost = 100, 0
	if got := mustCheck(t, a, async)[0]; got.Remaining != 89 {
		t.Errorf("the first process says %+v, want 11 used", got)
	}
}

// TestCloseSettles ends a process right after it answered from memory.
func TestCloseSettles(t *testing.T) {
	options := redislimit.Options{URL: "redis://" + servers.StartRedis(t).Addr, Budget: patient}
	l, err := redislimit.New(options)
	if err != nil {
		t.Fatal(err)
	}
	async := long("closed", 10, 4)
	async.Async = true
	mustCheck(t, l, async)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := mustCheck(t, open(t, options), long("closed", 10, 0))[0]; got.Remaining != 6 {
		t.Errorf("%+v, want 4 used", got)
	}
}

// TestStartsWithout has Redis come later than its client. With one connection go-redis is
// after one failure where a long outage takes it: it dials once a second only.
func TestStartsWithout(t *testing.T) {
	t.Parallel()
	server := servers.StartRedis(t)
	server.Kill(t)
	l := open(t, redislimit.Options{URL: "redis://" + server.Addr + "?pool_size=1"})
	until(t, 10*time.Second, func() bool {
		o := ask(t, l, long("early", 10, 1))
		if o.err != nil || o.verdict.Source != ratelimit.Local {
			t.Fatalf("a check before there is a Redis: %+v", o)
		}
		return l.Stats().Degraded && o.granted == 0
	})
	server.Start(t)
	healed(t, []*redislimit.Limiter{l})
	c := long("early", 10, 0)
	c.OnOutage = ratelimit.Closed
	if got := mustCheck(t, l, c)[0]; got.Remaining != 0 {
		t.Errorf("Redis was not told of 10 grants: %+v", got)
	}
}

// TestClusterAbsent knows no server to send anything to.
func TestClusterAbsent(t *testing.T) {
	server := servers.StartRedis(t)
	server.Kill(t)
	l := open(t, redislimit.Options{URL: "redis+cluster://" + server.Addr})
	for range 100 {
		if o := ask(t, l, long("absent", 1000, 1)); o.err != nil || o.verdict.Source != ratelimit.Local {
			t.Fatalf("a check without a cluster: %+v", o)
		}
		c := long("absent", 1000, 1)
		c.OnOutage = ratelimit.Closed
		if o := ask(t, l, c); !errors.Is(o.err, ratelimit.ErrUnavailable) {
			t.Fatalf("a closed check without a cluster: %+v", o)
		}
	}
	if !l.Stats().Degraded {
		t.Error("nobody would know")
	}
}

// TestPieces has every answer arrive a byte at a time.
func TestPieces(t *testing.T) {
	p := newPlace(t)
	p.proxy.piece.Store(1)
	l := open(t, redislimit.Options{URL: "redis://" + p.proxy.addr, Budget: patient})
	for want := int64(9); want >= 0; want-- {
		if got := mustCheck(t, l, long("pieces", 10, 1))[0]; !got.Allowed || got.Remaining != want {
			t.Errorf("%+v, want remaining %d", got, want)
		}
	}
}

func TestCallerGoesAway(t *testing.T) {
	l := open(t, redislimit.Options{URL: "redis://" + servers.Redis(t), Budget: patient})
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if got, err := l.Check(ctx, long("gone", 10, 1)); err != nil && !errors.Is(err, gone) {
		t.Errorf("%v, %v, want the caller's own error or an answer", got, err)
	}
}
