// Package memlimit is the driver that counts in memory, for one process alone. It holds
// at most 160 bytes a counter, whatever the length of names, and a bounded number of
// counters; a check takes well under a microsecond.
package memlimit

import (
	"context"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// shardCount is as many as the bits of a set of shards.
const (
	shardBits  = 6
	shardCount = 1 << shardBits
)

// defaultMaxKeys bounds the memory to 160 MiB.
const defaultMaxKeys = 1 << 20

// Options are the settings of a limiter.
type Options struct {
	// MaxKeys is how many counters are held at most, rounded down to a multiple of 64 and
	// at least 64. Past it the owner with the most loses one that ends soon. 0 means
	// 1,048,576.
	MaxKeys int
	// Now is the clock of the windows; nil means the system's.
	Now func() time.Time
}

// Limiter is a ratelimit.Limiter in memory.
type Limiter struct {
	seeds   [2]maphash.Seed
	secrets [2]uint64
	now     func() int64 // in milliseconds since the epoch
	shards  [shardCount]shard
}

var _ ratelimit.Limiter = (*Limiter)(nil)

// New returns a limiter without counters.
func New(o Options) *Limiter {
	l := &Limiter{
		seeds:   [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		secrets: [2]uint64{rand.Uint64(), rand.Uint64()},
		now:     newClock().milli,
	}
	if o.Now != nil {
		l.now = func() int64 { return o.Now().UnixMilli() }
	}
	if o.MaxKeys == 0 {
		o.MaxKeys = defaultMaxKeys
	}
	for i := range l.shards {
		l.shards[i].room = max(1, o.MaxKeys/shardCount)
	}
	return l
}

// Check implements ratelimit.Limiter. It does not wait, so the context is not looked at,
// and returns an error only for invalid checks.
func (l *Limiter) Check(_ context.Context, checks ...ratelimit.Check) ([]ratelimit.Verdict, error) {
	if err := ratelimit.Validate(checks); err != nil {
		return nil, err
	}
	if len(checks) == 1 {
		return l.checkOne(&checks[0]), nil
	}
	verdicts := make([]ratelimit.Verdict, len(checks))
	l.checkAll(checks, verdicts)
	return verdicts, nil
}

func (l *Limiter) checkOne(c *ratelimit.Check) []ratelimit.Verdict {
	id := l.id(c)
	s := &l.shards[id.shard()]
	s.mu.Lock()
	defer s.mu.Unlock()
	// Read under the lock, so that the counter's decisions are in the order of their times.
	now := l.now()
	cell := s.find(id)
	w := cell.window().On(c, now)
	allowed := c.Admits(w.Used(c, now))
	if allowed && c.Cost > 0 {
		w.Current += c.Cost
		s.store(cell, id, l.owner(c), w, w.End(c), now)
	}
	verdict := s.verdict()
	verdict[0] = w.Verdict(c, now, allowed)
	return verdict
}

// checkAll holds all the shards it needs at once, locked in their order.
func (l *Limiter) checkAll(checks []ratelimit.Check, verdicts []ratelimit.Verdict) {
	ids := make([]id, len(checks))
	var set uint64
	for i := range checks {
		ids[i] = l.id(&checks[i])
		set |= 1 << ids[i].shard()
	}
	for rest := set; rest != 0; rest &= rest - 1 {
		s := &l.shards[bits.TrailingZeros64(rest)]
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	now := l.now()
	claimed := make(map[id]int64, len(checks))
	passed := true
	for i := range checks {
		c := &checks[i]
		w := l.shards[ids[i].shard()].find(ids[i]).window().On(c, now)
		w.Current += claimed[ids[i]]
		verdicts[i].Allowed = c.Admits(w.Used(c, now))
		if verdicts[i].Allowed {
			claimed[ids[i]] += c.Cost
		}
		passed = passed && verdicts[i].Allowed
	}
	for i := range checks {
		c, s := &checks[i], &l.shards[ids[i].shard()]
		cell := s.find(ids[i])
		w := cell.window().On(c, now)
		if sum := claimed[ids[i]]; passed && sum > 0 {
			claimed[ids[i]] = 0
			w.Current += sum
			s.store(cell, ids[i], l.owner(c), w, w.End(c), now)
		}
		verdicts[i] = w.Verdict(c, now, verdicts[i].Allowed)
	}
}

// Raise has the check's counter hold at least what w says: what is known from elsewhere.
func (l *Limiter) Raise(c *ratelimit.Check, w ratelimit.Window) {
	id := l.id(c)
	s := &l.shards[id.shard()]
	s.mu.Lock()
	defer s.mu.Unlock()
	now := l.now()
	cell := s.find(id)
	known := cell.window()
	switch {
	case known.Seq > w.Seq+1:
		return
	case known.Seq == w.Seq+1:
		w = ratelimit.Window{Seq: known.Seq, Previous: w.Current}
	case known.Seq == w.Seq-1:
		w.Previous = max(w.Previous, known.Current)
	}
	if known.Seq == w.Seq {
		w.Current = max(w.Current, known.Current)
		w.Previous = max(w.Previous, known.Previous)
	}
	if w != known && w.End(c) > now {
		s.store(cell, id, l.owner(c), w, w.End(c), now)
	}
}

// Stats is what a limiter holds.
type Stats struct {
	// Keys is how many counters are held.
	Keys int
	// Evicted is how many were forgotten before their end, since the start.
	Evicted uint64
}

// Stats forgets counters that have ended and counts the others.
func (l *Limiter) Stats() Stats {
	var sum Stats
	now := l.now()
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		s.sweep(now, len(s.queue))
		sum.Keys += s.index.used
		sum.Evicted += s.evicted
		s.mu.Unlock()
	}
	return sum
}

// id stands for a counter: 128 bits that nobody outside the process can foresee, so
// nobody can have two counters fall together.
type id struct{ hi, lo uint64 }

func (l *Limiter) id(c *ratelimit.Check) id {
	n := c.Counter()
	// All but the texts fits into two words: a kind has two bits, a limit 53.
	flags := uint64(n.Kind) << 1
	if n.Async {
		flags |= 1
	}
	high, low := bits.Mul64(uint64(n.Duration)^l.secrets[0], (uint64(n.Limit)<<3|flags)^l.secrets[1])
	return id{maphash.String(l.seeds[0], n.Group), maphash.String(l.seeds[1], n.Name) ^ high ^ low}
}

// owner stands for a check's owner. Nobody can foresee whose others fall together.
func (l *Limiter) owner(c *ratelimit.Check) uint8 {
	return uint8(maphash.String(l.seeds[0], c.Owner))
}

// sum is spread evenly also among counters of one group or one name.
func (i id) sum() uint64 { return i.hi + i.lo }

func (i id) shard() int { return int(i.sum() >> (64 - shardBits)) }
