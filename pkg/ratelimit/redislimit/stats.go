package redislimit

import (
	"sync/atomic"

	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
)

// Stats is how checks were decided since the start, and how things stand.
type Stats struct {
	// Counted, Bounded and Local are checks by the Source of their verdict; Refused are
	// those that ended in ratelimit.ErrUnavailable.
	Counted, Bounded, Local, Refused uint64
	// Degraded tells that some server is not asked, so that its checks are decided
	// locally or refused.
	Degraded bool
	// Owed is how many windows have local decisions that Redis does not know of yet. Lost
	// is how many such sums, or reservations to give back, may never have got there.
	Owed int
	Lost uint64
	// Restored is how often Redis had lost a counter that this process knew.
	Restored uint64
	// Memory is the counters of this process.
	Memory memlimit.Stats
}

type counts struct {
	counted, bounded, local, refused, lost, restored atomic.Uint64
	open                                             atomic.Int64
}

// Degraded tells that some server is not asked, so that its checks are decided locally or
// refused.
func (l *Limiter) Degraded() bool { return l.stats.open.Load() > 0 }

// Stats returns how the limiter does.
func (l *Limiter) Stats() Stats {
	return Stats{
		Counted: l.stats.counted.Load(), Bounded: l.stats.bounded.Load(),
		Local: l.stats.local.Load(), Refused: l.stats.refused.Load(),
		Degraded: l.Degraded(),
		Owed:     l.debts.count(), Lost: l.stats.lost.Load(),
		Restored: l.stats.restored.Load(),
		Memory:   l.local.Stats(),
	}
}
