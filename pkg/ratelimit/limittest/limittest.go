// Package limittest is what every driver of ratelimit has to do, as tests: Run holds one
// to the semantics and, by a clock that the tests turn, to a plain model; Exact and
// ExactFast do so under concurrency.
package limittest

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// Fixture is a limiter without counters on a clock of its own.
type Fixture struct {
	Limiter ratelimit.Limiter
	// SetTime sets the limiter's clock, to whole milliseconds.
	SetTime func(time.Time)
}

// start is the beginning of a window of any duration that the tests use.
var start = time.UnixMilli(1_800_000_000_000)

// Run tests a driver. Open returns a fixture for one test.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, tt := range semantics {
		t.Run(tt.name, func(t *testing.T) { play(t, open(t), tt.steps) })
	}
	t.Run("a clock set back", func(t *testing.T) { setBack(t, open(t)) })
	t.Run("a clock that jumps", func(t *testing.T) { jumps(t, open(t)) })
	t.Run("checks out of bounds are errors", func(t *testing.T) { refusals(t, open(t).Limiter) })
	t.Run("random calls are answered as the model answers them", func(t *testing.T) { random(t, open(t)) })
}

// step is a call at a time and its verdicts, which follow the checks.
type step struct {
	at     time.Duration // after start
	checks []ratelimit.Check
	want   []verdict
}

type verdict struct {
	allowed   bool
	remaining int64
}

func yes(remaining int64) verdict { return verdict{true, remaining} }
func no(remaining int64) verdict  { return verdict{false, remaining} }

func play(t *testing.T, f Fixture, steps []step) {
	for i, s := range steps {
		now := start.Add(s.at)
		f.SetTime(now)
		got, err := f.Limiter.Check(t.Context(), s.checks...)
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		var want []ratelimit.Verdict
		for j, w := range s.want {
			c, d := s.checks[j], s.checks[j].Duration.Milliseconds()
			want = append(want, ratelimit.Verdict{
				Allowed: w.allowed, Limit: c.Limit, Remaining: w.remaining,
				Reset: (now.UnixMilli()/d + 1) * d, At: now.UnixMilli(),
			})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("step %d, at %v (-want +got):\n%s", i, s.at, diff)
		}
	}
}

// setBack steps over the end of a window and back, then further.
func setBack(t *testing.T, f Fixture) {
	for _, s := range []struct {
		at    time.Duration
		want  verdict
		reset time.Duration
	}{
		{1000, yes(1), 2000}, {1000, yes(0), 2000}, {900, no(0), 2000}, {1000, no(0), 2000}, {-1500, yes(1), -1000},
	} {
		f.SetTime(start.Add(s.at * time.Millisecond))
		got, err := f.Limiter.Check(t.Context(), sliding(2, 1))
		if err != nil {
			t.Fatal(err)
		}
		reset := start.Add(s.reset * time.Millisecond).UnixMilli()
		if v := got[0]; v.Allowed != s.want.allowed || v.Remaining != s.want.remaining || v.Reset != reset {
			t.Errorf("at %d ms: %+v, want %+v and reset %d", s.at, v, s.want, reset)
		}
	}
}

// jumps has the clock set by an hour and back, which begins a window at most, and slewed
// back by half a window, which begins none.
func jumps(t *testing.T, f Fixture) {
	for _, kind := range kinds {
		for i, s := range []struct {
			at   time.Duration
			most int
		}{
			{0, 3}, {time.Hour, 3}, {time.Hour + 59*time.Second, 0}, {time.Hour + 29*time.Second, 0},
			{time.Hour - 1*time.Second, 0}, {0, 3}, {0, 0}, {-time.Hour, 3}, {-time.Hour, 0}, {time.Hour, 3}, {time.Hour, 0},
		} {
			f.SetTime(start.Add(s.at))
			granted := 0
			for range 5 {
				c := lasting(time.Minute, sliding(3, 1))
				c.Kind = kind
				got, err := f.Limiter.Check(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if got[0].Allowed {
					granted++
				}
			}
			if granted > s.most {
				t.Errorf("kind %d, step %d: %d granted at %v, want up to %d", kind, i, granted, s.at, s.most)
			}
		}
	}
}

func refusals(t *testing.T, l ratelimit.Limiter) {
	for name, change := range map[string]func(*ratelimit.Check){
		"no kind":               func(c *ratelimit.Check) { c.Kind = 0 },
		"a limit below 0":       func(c *ratelimit.Check) { c.Limit = -1 },
		"a limit too large":     func(c *ratelimit.Check) { c.Limit = ratelimit.MaxCount + 1 },
		"a cost below 0":        func(c *ratelimit.Check) { c.Cost = -1 },
		"a cost too large":      func(c *ratelimit.Check) { c.Cost = ratelimit.MaxCount + 1 },
		"no duration":           func(c *ratelimit.Check) { c.Duration = 0 },
		"a duration too long":   func(c *ratelimit.Check) { c.Duration = ratelimit.MaxDuration + time.Millisecond },
		"a split millisecond":   func(c *ratelimit.Check) { c.Duration = time.Second + time.Microsecond },
		"a duration below zero": func(c *ratelimit.Check) { c.Duration = -time.Second },
	} {
		c := sliding(1, 1)
		change(&c)
		if verdicts, err := l.Check(t.Context(), sliding(1, 1), c); err == nil {
			t.Errorf("%s is answered: %v", name, verdicts)
		}
	}
	if verdicts, err := l.Check(t.Context(), make([]ratelimit.Check, ratelimit.MaxChecks+1)...); err == nil {
		t.Errorf("too many checks are answered: %v", verdicts)
	}
	if verdicts, err := l.Check(t.Context()); err != nil || len(verdicts) != 0 {
		t.Errorf("no checks are answered: %v, %v", verdicts, err)
	}
}

// random plays calls of one to four checks in a few counters, with all that is near a
// boundary made likely.
func random(t *testing.T, f Fixture) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	model, now := NewModel(), start
	for i := range 1000 {
		now = now.Add(pick[time.Duration](r, 0, 0, 1, 10, 250, 999, 1000, 3333) * time.Millisecond)
		if r.IntN(50) == 0 {
			now = now.Add(pick[time.Duration](r, 1, 10, 33) * 24 * time.Hour)
		}
		f.SetTime(now)
		checks := make([]ratelimit.Check, 1+r.IntN(4)*r.IntN(2))
		for j := range checks {
			checks[j] = ratelimit.Check{
				Group: pick(r, "a", "b"), Name: pick(r, "x", "y"),
				Kind:  pick(r, ratelimit.Fixed, ratelimit.Sliding),
				Limit: pick[int64](r, 0, 1, 3, 10, 10, 1000, ratelimit.MaxCount),
				Cost:  pick[int64](r, 0, 1, 1, 1, 2, 7, 1000, ratelimit.MaxCount/3),
				// One that divides nothing, and one that needs long division.
				Duration: pick(r, time.Second, 7919*time.Millisecond, 40*24*time.Hour),
			}
		}
		want := model.Check(now.UnixMilli(), checks)
		got, err := f.Limiter.Check(t.Context(), checks...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("call %d at %v: %+v (-want +got):\n%s", i, now.Sub(start), checks, diff)
		}
	}
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }
