package memlimit_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/limittest"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
)

// clock is one that tests turn.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

func TestConformance(t *testing.T) {
	limittest.Run(t, func(*testing.T) limittest.Fixture {
		c := new(clock)
		return limittest.Fixture{Limiter: memlimit.New(memlimit.Options{Now: c.Now}), SetTime: c.Set}
	})
}

func TestExactCampaign(t *testing.T) {
	limittest.Exact(t, limittest.In(memlimit.New(memlimit.Options{})))
}

func TestExactVirtualCampaign(t *testing.T) {
	limittest.ExactFast(t, limittest.InVirtualTime(func() ratelimit.Limiter {
		return memlimit.New(memlimit.Options{})
	}))
}

func check(name string, d time.Duration) ratelimit.Check {
	return ratelimit.Check{Group: name, Kind: ratelimit.Fixed, Limit: 1, Duration: d, Cost: 1}
}

// consume has every check pass.
func consume(t testing.TB, l *memlimit.Limiter, checks ...ratelimit.Check) {
	t.Helper()
	for _, c := range checks {
		got, err := l.Check(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if !got[0].Allowed {
			t.Fatalf("%s is denied", c.Group)
		}
	}
}

func TestBound(t *testing.T) {
	c := &clock{now: time.UnixMilli(1_800_000_000_000)}
	l := memlimit.New(memlimit.Options{MaxKeys: 640, Now: c.Now})
	for i := range 10_000 {
		consume(t, l, check(fmt.Sprint(i), time.Duration(1+i%100)*time.Minute))
	}
	if got := l.Stats(); got.Keys != 640 || got.Evicted != 10_000-640 {
		t.Errorf("a full limiter: %+v", got)
	}
}

// TestSoonestGoesFirst has one room for all, so which one goes is certain.
func TestSoonestGoesFirst(t *testing.T) {
	c := &clock{now: time.UnixMilli(1_800_000_000_000)}
	l := memlimit.New(memlimit.Options{MaxKeys: 1, Now: c.Now})
	long, short := check("long", time.Hour), check("short", time.Minute)
	// 64 shards of one: some of these names share one with long.
	consume(t, l, long)
	for i := range 1000 {
		short.Group = fmt.Sprint(i)
		consume(t, l, short)
	}
	if got := l.Stats(); got.Keys != 64 || got.Evicted != 1001-64 {
		t.Errorf("a full limiter: %+v", got)
	}
}

// A tenant that makes counters without end, and long ones, pushes out its own.
func TestWhoFillsTheMemoryLosesTheirOwn(t *testing.T) {
	c := &clock{now: time.UnixMilli(1_800_000_000_000)}
	l := memlimit.New(memlimit.Options{MaxKeys: 6400, Now: c.Now})
	modest := func(i int) ratelimit.Check {
		ch := check(fmt.Sprint("modest", i), time.Minute)
		ch.Owner, ch.Limit = "modest", 1
		return ch
	}
	for i := range 1000 {
		consume(t, l, modest(i))
	}
	for i := range 20_000 {
		flood := check(fmt.Sprint("flood", i), 30*24*time.Hour)
		flood.Owner = "flood"
		consume(t, l, flood)
	}
	if got := l.Stats(); got.Keys != 6400 || got.Evicted != 21_000-6400 {
		t.Errorf("a full limiter: %+v", got)
	}
	for i := range 1000 {
		got, err := l.Check(t.Context(), modest(i))
		if err != nil || got[0].Allowed {
			t.Fatalf("counter %d of the modest one is forgotten: %v, %v", i, got, err)
		}
	}
}

// Counters taken from the middle of the queue leave it in order: what has ended goes, and
// nothing else.
func TestEndedGoAfterEvictions(t *testing.T) {
	c := &clock{now: time.UnixMilli(1_800_000_000_000)}
	l := memlimit.New(memlimit.Options{MaxKeys: 6400, Now: c.Now})
	random := rand.New(rand.NewPCG(1, 2))
	var all []ratelimit.Check
	for i := range 20_000 {
		ch := check(fmt.Sprint(i), time.Duration(1+random.IntN(1000))*time.Hour)
		ch.Owner, ch.Kind = fmt.Sprint("owner", random.IntN(4)), ratelimit.Fixed
		all = append(all, ch)
		consume(t, l, ch)
	}
	for range 4 {
		c.now = c.now.Add(100 * time.Hour)
		keys, held := l.Stats().Keys, 0
		for _, ch := range all {
			ch.Cost = 0
			got, err := l.Check(t.Context(), ch)
			if err != nil {
				t.Fatal(err)
			}
			if got[0].Remaining < ch.Limit {
				held++
			}
		}
		if keys != held {
			t.Errorf("%d counters are kept, %d still count", keys, held)
		}
	}
}

func TestEndedAreForgotten(t *testing.T) {
	c := &clock{now: time.UnixMilli(1_800_000_000_000)}
	l := memlimit.New(memlimit.Options{MaxKeys: 6400, Now: c.Now})
	for i := range 1000 {
		consume(t, l, check(fmt.Sprint(i), time.Minute))
	}
	c.Set(c.Now().Add(time.Minute))
	// New ones push the ended out, two for one, and evict none.
	for i := range 3000 {
		consume(t, l, check(fmt.Sprint("new", i), time.Minute))
	}
	if got := l.Stats(); got.Keys != 3000 || got.Evicted != 0 {
		t.Errorf("after a window: %+v", got)
	}
	c.Set(c.Now().Add(time.Minute))
	if got := l.Stats(); got.Keys != 0 || got.Evicted != 0 {
		t.Errorf("after two windows: %+v", got)
	}
}

// TestMany has counters of all kinds of ends come and go, and compares with the model.
func TestMany(t *testing.T) {
	c := &clock{now: time.UnixMilli(1_800_000_000_000)}
	l, model := memlimit.New(memlimit.Options{Now: c.Now}), limittest.NewModel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range 50_000 {
		if r.IntN(10) == 0 {
			c.Set(c.Now().Add(time.Duration(r.IntN(1000)) * time.Millisecond))
		}
		some := ratelimit.Check{
			Group: fmt.Sprint(r.IntN(60)), Name: fmt.Sprint(r.IntN(60)), Kind: ratelimit.Sliding,
			Limit: 5, Duration: time.Duration(1+r.IntN(3)) * 10 * time.Second, Cost: 1,
		}
		got, err := l.Check(t.Context(), some)
		if err != nil {
			t.Fatal(err)
		}
		if want := model.Check(c.Now().UnixMilli(), []ratelimit.Check{some}); got[0] != want[0] {
			t.Fatalf("check %d of %+v: %+v, want %+v", i, some, got[0], want[0])
		}
	}
	if s := l.Stats(); s.Keys == 0 || s.Evicted != 0 {
		t.Errorf("%+v", s)
	}
}

// TestMemory measures where the tables have just grown, too.
func TestMemory(t *testing.T) {
	const most = 160
	l := memlimit.New(memlimit.Options{MaxKeys: 1 << 20})
	before := heap()
	n := 0
	for _, size := range []int{30_000, 60_000, 75_000, 90_000} {
		for ; n < size; n++ {
			consume(t, l, check(fmt.Sprint("a name that is not kept ", n), time.Hour))
		}
		if each := float64(heap()-before) / float64(n); each > most {
			t.Errorf("%d counters take %.0f bytes each, want up to %d", n, each, most)
		} else {
			t.Logf("%d counters take %.0f bytes each", n, each)
		}
	}
	runtime.KeepAlive(l)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestRaise holds what is learnt from elsewhere to be added to, never taken from.
func TestRaise(t *testing.T) {
	now := time.UnixMilli(1_800_000_000_000)
	c := &clock{now: now}
	seq := now.UnixMilli() / 1000
	reads := ratelimit.Check{Kind: ratelimit.Sliding, Limit: 100, Duration: time.Second}
	for _, tt := range []struct {
		name          string
		known, raised ratelimit.Window
		want          int64
	}{
		{"an unknown counter", ratelimit.Window{}, ratelimit.Window{Seq: seq, Current: 7, Previous: 5}, 88},
		{"less", ratelimit.Window{Seq: seq, Current: 9}, ratelimit.Window{Seq: seq, Current: 7}, 91},
		{"more", ratelimit.Window{Seq: seq, Current: 9}, ratelimit.Window{Seq: seq, Current: 11, Previous: 3}, 86},
		{"the window before", ratelimit.Window{Seq: seq, Current: 9}, ratelimit.Window{Seq: seq - 1, Current: 4}, 87},
		{"the window after", ratelimit.Window{Seq: seq - 1, Current: 9}, ratelimit.Window{Seq: seq, Current: 4}, 87},
		{"long ago", ratelimit.Window{Seq: seq, Current: 9}, ratelimit.Window{Seq: seq - 2, Current: 4}, 91},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := memlimit.New(memlimit.Options{Now: c.Now})
			l.Raise(&reads, tt.known)
			l.Raise(&reads, tt.raised)
			got, err := l.Check(t.Context(), reads)
			if err != nil {
				t.Fatal(err)
			}
			if got[0].Remaining != tt.want {
				t.Errorf("remaining %d, want %d", got[0].Remaining, tt.want)
			}
		})
	}
}
