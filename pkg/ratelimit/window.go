package ratelimit

import "math/bits"

// Window is what a counter holds. Its methods are the arithmetic that drivers share;
// redislimit's script says the same in Lua.
type Window struct {
	// Seq is the window's number: the time since the epoch divided by the duration.
	Seq int64
	// Current is what it holds, Previous what the one before it held.
	Current, Previous int64
}

// On returns the window as it is at a time, in milliseconds since the epoch. A clock set
// back across the end of a window stays in it; one set back further starts afresh.
func (w Window) On(c *Check, now int64) Window {
	switch seq := now / c.Duration.Milliseconds(); w.Seq {
	case seq, seq + 1:
		return w
	case seq - 1:
		return Window{Seq: seq, Previous: w.Current}
	default:
		return Window{Seq: seq}
	}
}

// Used is what counts against the check's limit, given the window On now.
func (w Window) Used(c *Check, now int64) int64 {
	if c.Kind != Sliding || w.Previous == 0 {
		return w.Current
	}
	duration := c.Duration.Milliseconds()
	rest := min(w.Reset(c)-now, duration)
	// previous x rest may need 93 bits. The quotient is at most previous.
	hi, lo := bits.Mul64(uint64(w.Previous), uint64(rest))
	weighed, _ := bits.Div64(hi, lo, uint64(duration))
	return w.Current + int64(weighed)
}

// Admits tells whether the check passes if used counts against its limit.
func (c *Check) Admits(used int64) bool {
	return c.Limit > 0 && used <= c.Limit && c.Cost <= c.Limit-used
}

// Reset is the end of the window.
func (w Window) Reset(c *Check) int64 { return (w.Seq + 1) * c.Duration.Milliseconds() }

// End is when the counter is worth nothing any more.
func (w Window) End(c *Check) int64 {
	if c.Kind == Sliding {
		return (w.Seq + 2) * c.Duration.Milliseconds()
	}
	return w.Reset(c)
}

// Verdict is the answer to a check, given the window after the decision.
func (w Window) Verdict(c *Check, now int64, allowed bool) Verdict {
	return Verdict{
		Allowed: allowed, Limit: c.Limit, Remaining: max(0, c.Limit-w.Used(c, now)),
		Reset: w.Reset(c), At: now,
	}
}
