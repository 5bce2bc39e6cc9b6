package limittest

import (
	"cmp"
	"slices"
	"testing"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// judge puts events into the order in which they happened, and compares them with the
// model. All have checked the same counters. Within a millisecond nothing but consumption
// changes what remains, so that tells the order.
func judge(t *testing.T, l Load, events []Event) {
	slices.SortFunc(events, func(a, b Event) int {
		return cmp.Or(
			cmp.Compare(a.at(), b.at()),
			cmp.Compare(b.remaining(), a.remaining()),
			cmp.Compare(b.consumed(), a.consumed()),
		)
	})
	model, tallies, wrong := NewModel(), [2]tally{}, 0
	for i := range events {
		e := &events[i]
		want := model.Check(e.at(), l.checks(e))
		for k, cost := range e.Costs {
			if cost < 0 {
				continue
			}
			if !agree(e.Verdicts[k], want[0]) {
				if wrong++; wrong <= 3 {
					t.Errorf("call %d of %d: %+v, want %+v", i, len(events), *e, want[0])
				}
			}
			tallies[k].add(e.Verdicts[k], cost)
			want = want[1:]
		}
	}
	for k, sum := range tallies {
		if sum == (tally{}) {
			continue
		}
		t.Logf("kind %d: %+v", kinds[k], sum)
		if sum.admitted == 0 || sum.denied == 0 {
			t.Error("the campaign saw one kind of answer only")
		}
		if least := len(events) / perWindow / 2; l.Both && sum.windows < least {
			t.Errorf("%d windows, want at least %d", sum.windows, least)
		}
	}
}

// agree tells whether a limiter answers as the model does. One that denies by what the
// counter held before may think that more remains.
func agree(got, want ratelimit.Verdict) bool {
	if got.Source == ratelimit.Bounded {
		want.Source, want.Remaining = ratelimit.Bounded, max(want.Remaining, got.Remaining)
	}
	return got == want
}

// tally counts the verdicts on a counter.
type tally struct {
	admitted, denied, bounded, windows int

	reset int64
}

// add counts a denial only if an empty counter would admit the cost.
func (n *tally) add(v ratelimit.Verdict, cost int64) {
	switch {
	case v.Allowed:
		n.admitted++
	case v.Source == ratelimit.Bounded:
		n.bounded++
	case cost <= v.Limit:
		n.denied++
	}
	if v.Reset != n.reset {
		n.windows, n.reset = n.windows+1, v.Reset
	}
}

func (e *Event) at() int64 { return max(e.Verdicts[0].At, e.Verdicts[1].At) }

func (e *Event) remaining() int64 { return e.Verdicts[0].Remaining + e.Verdicts[1].Remaining }

// consumed is what the event took from the counters.
func (e *Event) consumed() (sum int64) {
	for k, cost := range e.Costs {
		if cost > 0 {
			sum += cost
		}
		if cost >= 0 && !e.Verdicts[k].Allowed {
			return 0
		}
	}
	return sum
}
