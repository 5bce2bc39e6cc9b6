package limittest

import (
	"strings"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

func fixed(limit, cost int64) ratelimit.Check {
	return ratelimit.Check{
		Group: "id_1", Name: "requests", Kind: ratelimit.Fixed,
		Limit: limit, Duration: time.Second, Cost: cost,
	}
}

func sliding(limit, cost int64) ratelimit.Check {
	c := fixed(limit, cost)
	c.Kind = ratelimit.Sliding
	return c
}

// named returns the check in another counter.
func named(group, name string, c ratelimit.Check) ratelimit.Check {
	c.Group, c.Name = group, name
	return c
}

func lasting(d time.Duration, c ratelimit.Check) ratelimit.Check {
	c.Duration = d
	return c
}

func one(at time.Duration, c ratelimit.Check, want verdict) step {
	return step{at * time.Millisecond, []ratelimit.Check{c}, []verdict{want}}
}

func several(at time.Duration, checks []ratelimit.Check, want ...verdict) step {
	return step{at * time.Millisecond, checks, want}
}

type checks = []ratelimit.Check

const most = ratelimit.MaxCount

var semantics = []struct {
	name  string
	steps []step
}{
	{"a fixed window holds the limit and begins afresh", []step{
		one(400, fixed(3, 1), yes(2)), one(400, fixed(3, 2), yes(0)), one(999, fixed(3, 1), no(0)),
		one(1000, fixed(3, 3), yes(0)), one(1001, fixed(3, 1), no(0)), one(9000, fixed(3, 1), yes(2)),
	}},
	{"a fixed window begins afresh under another limit", []step{
		one(0, fixed(3, 3), yes(0)), one(1, fixed(4, 1), yes(3)), one(2, fixed(3, 1), no(0)), one(3, fixed(4, 1), yes(2)),
	}},
	{"a sliding window weighs the one before by what is left of it, rounded down", []step{
		one(900, sliding(10, 10), yes(0)), one(1000, sliding(10, 1), no(0)), one(1001, sliding(10, 1), yes(0)),
		one(1099, sliding(10, 1), no(0)), one(1100, sliding(10, 0), yes(0)), one(1101, sliding(10, 1), yes(0)),
		one(1999, sliding(10, 8), yes(0)), one(2000, sliding(10, 1), no(0)), one(2500, sliding(10, 5), yes(0)),
	}},
	{"a sliding window is whole again after two durations", []step{
		one(0, sliding(4, 4), yes(0)), one(1000, sliding(4, 4), no(0)),
		one(1999, sliding(4, 4), yes(0)), one(3999, sliding(4, 0), yes(4)), one(4000, sliding(4, 4), yes(0)),
	}},
	{"a sliding window goes on under another limit", []step{
		one(0, sliding(5, 5), yes(0)), one(1, sliding(7, 2), yes(0)), one(2, sliding(3, 0), no(0)), one(3, sliding(8, 1), yes(0)),
	}},
	{"what is denied consumes nothing", []step{
		one(0, sliding(5, 4), yes(1)), one(1, sliding(5, 2), no(1)), one(2, sliding(5, 2), no(1)), one(3, sliding(5, 1), yes(0)),
	}},
	{"a cost of 0 reads, also at the limit", []step{
		one(0, fixed(2, 0), yes(2)), one(0, fixed(2, 2), yes(0)), one(0, fixed(2, 0), yes(0)),
		one(0, sliding(2, 0), yes(2)), one(0, sliding(2, 2), yes(0)), one(0, sliding(2, 0), yes(0)),
	}},
	{"a cost above the limit is denied", []step{
		one(0, fixed(2, 3), no(2)), one(0, fixed(2, 2), yes(0)), one(0, sliding(2, most), no(2)), one(0, sliding(2, 2), yes(0)),
	}},
	{"a limit of 0 denies, whatever the cost", []step{
		one(0, fixed(0, 1), no(0)), one(0, fixed(0, 0), no(0)), one(0, sliding(0, 1), no(0)), one(0, sliding(0, 0), no(0)),
	}},
	{"of several checks all or none consume", []step{
		one(0, named("id_1", "b", fixed(1, 1)), yes(0)),
		several(1, checks{fixed(5, 2), named("id_1", "b", fixed(1, 1)), sliding(9, 9)}, yes(5), no(0), yes(9)),
		several(2, checks{fixed(5, 2), named("id_2", "b", fixed(1, 1)), sliding(9, 9)}, yes(3), yes(0), yes(0)),
	}},
	{"checks of one counter in a call add up", []step{
		several(0, checks{sliding(5, 3), sliding(5, 3)}, yes(5), no(5)),
		several(1, checks{sliding(5, 3), sliding(9, 3)}, yes(0), yes(3)),
		several(2, checks{sliding(9, 4), sliding(9, 3)}, no(3), yes(3)),
		several(3, checks{sliding(9, 3), sliding(9, 0)}, yes(0), yes(0)),
	}},
	{"counters are told apart by group, name, kind and duration", []step{
		one(0, named("a", "bc", sliding(1, 1)), yes(0)), one(0, named("ab", "c", sliding(1, 1)), yes(0)),
		one(0, named("", "abc", sliding(1, 1)), yes(0)), one(0, named("abc", "", sliding(1, 1)), yes(0)),
		one(0, named("a", "bc", fixed(1, 1)), yes(0)),
		one(0, lasting(2*time.Second, named("a", "bc", sliding(1, 1))), yes(0)),
		one(0, named("a", "bc", sliding(1, 1)), no(0)), one(0, named("abc", "", sliding(1, 1)), no(0)),
	}},
	{"names may be long, of any bytes, and differ in the last", []step{
		one(0, named(strings.Repeat("{x", 256)+"a", "\x00\xff", sliding(1, 1)), yes(0)),
		one(0, named(strings.Repeat("{x", 256)+"b", "\x00\xff", sliding(1, 1)), yes(0)),
		one(0, named(strings.Repeat("{x", 256)+"b", "\x00\xff", sliding(1, 1)), no(0)),
	}},
	{"the largest counts are exact", []step{
		one(0, sliding(most, most-1), yes(1)), one(1, sliding(most, 2), no(1)), one(2, sliding(most, 1), yes(0)),
		// 9007199254740991 x 1 / 1000 is left of the window before.
		one(1999, sliding(most, 0), yes(most-9007199254740)),
		one(1999, sliding(most, most-9007199254740), yes(0)), one(1999, sliding(most, 1), no(0)),
	}},
	{"a product that no double holds is exact", []step{
		one(0, lasting(40*24*time.Hour, sliding(most, most)), yes(0)),
		// One more or one less are left if the product is rounded.
		one(1_576_000_003, lasting(40*24*time.Hour, sliding(most, 2_606_249_792_176_676)), no(2_606_249_792_176_675)),
		one(1_576_000_003, lasting(40*24*time.Hour, sliding(most, 2_606_249_792_176_675)), yes(0)),
	}},
	{"the longest windows are exact", []step{
		// Number 1 of 2^40-1 ms goes on: the one after begins in 2039.
		one(0, lasting(ratelimit.MaxDuration, sliding(most, most)), yes(0)),
		one(399_023_255_550, lasting(ratelimit.MaxDuration, sliding(most, 0)), yes(0)),
		// A millisecond into it, 8192 and a bit less than one have been forgotten.
		one(399_023_255_551, lasting(ratelimit.MaxDuration, sliding(most, 8194)), no(8193)),
		one(399_023_255_551, lasting(ratelimit.MaxDuration, sliding(most, 8193)), yes(0)),
	}},
}
