package redislimit_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// failures are the ways to lose a Redis and to get it back. Forgets is what its counters
// may lack then: where they are lost, the process that asks first may have missed one.
var failures = []struct {
	name       string
	forgets    int
	lose, mend func(t *testing.T, p *place)
}{
	{"killed", 1,
		func(t *testing.T, p *place) { p.server.Kill(t) },
		func(t *testing.T, p *place) { p.server.Start(t) }},
	{"stopped", 0,
		func(t *testing.T, p *place) { p.signal(t, syscall.SIGSTOP) },
		func(t *testing.T, p *place) { p.signal(t, syscall.SIGCONT) }},
	{"slow", 0,
		func(_ *testing.T, p *place) { p.proxy.delay.Store(int64(500 * time.Millisecond)) },
		func(_ *testing.T, p *place) { p.proxy.delay.Store(0) }},
	{"out of memory", 0,
		func(t *testing.T, p *place) { p.do(t, "CONFIG", "SET", "maxmemory", "1") },
		func(t *testing.T, p *place) { p.do(t, "CONFIG", "SET", "maxmemory", "0") }},
	{"unreachable", 0,
		func(_ *testing.T, p *place) { p.proxy.cut(true) },
		func(_ *testing.T, p *place) { p.proxy.cut(false) }},
}

// place is a Redis behind a proxy.
type place struct {
	server *servers.Server
	proxy  *proxy
	direct *redis.Client
	pid    int
}

func newPlace(t *testing.T) *place {
	p := &place{server: servers.StartRedis(t)}
	p.proxy = newProxy(t, p.server.Addr)
	p.direct = redis.NewClient(&redis.Options{Addr: p.server.Addr})
	t.Cleanup(func() { _ = p.direct.Close() })
	for line := range strings.Lines(p.direct.Info(t.Context(), "server").Val()) {
		if pid, ok := strings.CutPrefix(line, "process_id:"); ok {
			var err error
			if p.pid, err = strconv.Atoi(strings.TrimSpace(pid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

func (p *place) do(t *testing.T, args ...any) {
	t.Helper()
	if err := p.direct.Do(t.Context(), args...).Err(); err != nil {
		t.Fatal(err)
	}
}

// signal needs a pid: 0 would be this process's group.
func (p *place) signal(t *testing.T, s syscall.Signal) {
	if p.pid <= 0 {
		t.Fatal("Redis told no process id")
	}
	if err := syscall.Kill(p.pid, s); err != nil {
		t.Fatal(err)
	}
}

const allowed = 100

func check(name string, policy ratelimit.Outage) ratelimit.Check {
	return ratelimit.Check{
		Group: "id_1", Name: name, Kind: ratelimit.Fixed, Limit: allowed, Duration: 1000 * time.Hour,
		Cost: 1, OnOutage: policy,
	}
}

func TestOutage(t *testing.T) {
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			p := newPlace(t)
			options := redislimit.Options{URL: "redis://" + p.proxy.addr, Processes: 2}
			processes := []*redislimit.Limiter{open(t, options), open(t, options)}
			granted := 0
			for i := range allowed / 2 {
				granted += ask(t, processes[i%2], check("open", ratelimit.OpenLocal)).granted
			}
			f.lose(t, p)
			before := granted
			for _, o := range rush(t, processes) {
				granted += o.granted
			}
			if granted > allowed || granted == before {
				t.Errorf("%d granted before, %d with the outage, of %d", before, granted, allowed)
			}
			f.mend(t, p)
			healed(t, processes)
			if used := allowed - remaining(t, processes[0]); used < granted-f.forgets {
				t.Errorf("Redis knows of %d, granted were %d", used, granted)
			}
		})
	}
}

// outcome is what became of a check.
type outcome struct {
	granted int
	verdict ratelimit.Verdict
	err     error
	took    time.Duration
}

func ask(t *testing.T, l *redislimit.Limiter, c ratelimit.Check) outcome {
	began := time.Now()
	got, err := l.Check(t.Context(), c)
	o := outcome{err: err, took: time.Since(began)}
	if err == nil {
		o.verdict = got[0]
		if got[0].Allowed {
			o.granted = int(c.Cost)
		}
	}
	return o
}

// rush has many callers ask while Redis is away, and holds each answer to the policy. It
// returns those to checks that are open.
func rush(t *testing.T, processes []*redislimit.Limiter) []outcome {
	const callers, each = 16, 1250
	var mu sync.Mutex
	var open, closed []outcome
	var all sync.WaitGroup
	for i := range callers {
		l := processes[i%len(processes)]
		all.Go(func() {
			for range each / 2 {
				o := ask(t, l, check("open", ratelimit.OpenLocal))
				c := ask(t, l, check("closed", ratelimit.Closed))
				mu.Lock()
				open, closed = append(open, o), append(closed, c)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for _, o := range open {
		if o.err != nil || o.verdict.Source != ratelimit.Local {
			t.Fatalf("an open check without Redis: %+v", o)
		}
	}
	for _, o := range closed {
		if !errors.Is(o.err, ratelimit.ErrUnavailable) {
			t.Fatalf("a closed check without Redis: %+v", o)
		}
	}
	took := make([]time.Duration, 0, len(open))
	for _, o := range slices.Concat(open, closed) {
		took = append(took, o.took)
	}
	slices.Sort(took)
	if p99 := took[len(took)*99/100]; p99 > 60*time.Millisecond {
		t.Errorf("99 %% answered within %v, want 60 ms", p99)
	}
	t.Logf("median %v, 99 %% %v, longest %v", took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
	for _, l := range processes {
		if s := l.Stats(); !s.Degraded || s.Local == 0 || s.Refused == 0 {
			t.Errorf("stats in the outage: %+v", s)
		}
	}
	return open
}

// healed waits until all count in Redis again and have paid their debts.
func healed(t *testing.T, processes []*redislimit.Limiter) {
	began := time.Now()
	for _, l := range processes {
		until(t, 2*time.Second, func() bool {
			o := ask(t, l, check("recovery", ratelimit.Closed))
			return o.err == nil && o.verdict.Source == ratelimit.Counted && !l.Stats().Degraded
		})
	}
	t.Logf("shared again after %v", time.Since(began))
	for _, l := range processes {
		until(t, 5*time.Second, func() bool { return l.Stats().Owed == 0 })
	}
}

// until waits for a condition.
func until(t *testing.T, most time.Duration, ok func() bool) {
	t.Helper()
	late := time.After(most)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not so after %v", most)
		}
	}
}

// remaining reads the open counter in Redis, for as long as that takes.
func remaining(t *testing.T, l *redislimit.Limiter) (left int) {
	t.Helper()
	c := check("open", ratelimit.Closed)
	c.Cost = 0
	until(t, 2*time.Second, func() bool {
		o := ask(t, l, c)
		left = int(o.verdict.Remaining)
		return o.err == nil && o.verdict.Source == ratelimit.Counted
	})
	return left
}
