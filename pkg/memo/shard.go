package memo

import (
	"slices"
	"sync"
	"time"
)

// shard is the part of a cache under one lock.
type shard[K comparable, V any] struct {
	size int

	mu      sync.RWMutex
	held    int // weight of all entries
	entries map[K]entry[V]
	groups  map[string]*group
	flights map[K]*flight[V]

	_ [64]byte // keeps the next shard's lock out of this one's cache line
}

type entry[V any] struct {
	value  V
	until  time.Time
	group  *group
	weight int
}

// group is what entries are forgotten by: one mark drops them all.
type group struct {
	name    string
	entries int
	gone    bool
}

func (s *shard[K, V]) init(size int) {
	s.size = size
	s.entries, s.groups, s.flights = map[K]entry[V]{}, map[string]*group{}, map[K]*flight[V]{}
}

func (s *shard[K, V]) known(k K) (V, bool) {
	now := time.Now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e, ok := s.entries[k]; ok && e.fresh(now) {
		return e.value, true
	}
	var none V
	return none, false
}

func (e *entry[V]) fresh(now time.Time) bool { return !e.group.gone && now.Before(e.until) }

// join returns the flight for k, or one that has landed already if k is known by now.
func (s *shard[K, V]) join(k K) (*flight[V], seat) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.entries[k]; ok && e.fresh(now) {
		landed := &flight[V]{done: make(chan struct{}), answer: Answer[V]{Value: e.value}}
		close(landed.done)
		return landed, seat{}
	}
	if f, ok := s.flights[k]; ok {
		return f, seat{forgotten: len(f.forgotten)}
	}
	f := &flight[V]{done: make(chan struct{})}
	s.flights[k] = f
	return f, seat{taken: true}
}

// land ends a flight and remembers its answer, unless it was dropped meanwhile.
func (s *shard[K, V]) land(k K, f *flight[V], until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flights[k] != f {
		return
	}
	delete(s.flights, k)
	if f.err == nil && !f.staleFor(len(f.forgotten)) {
		s.keep(k, f.answer, until)
	}
}

func (s *shard[K, V]) put(k K, a Answer[V], until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flights, k)
	s.keep(k, a, until)
}

// keep remembers an answer that has not ended. The caller has the lock.
func (s *shard[K, V]) keep(k K, a Answer[V], until time.Time) {
	now, weight := time.Now(), max(1, a.Weight)
	s.drop(k)
	if !now.Before(until) || weight > s.size {
		return
	}
	if s.held+weight > s.size {
		s.makeRoom(now, weight)
	}
	g, ok := s.groups[a.Group]
	if !ok {
		g = &group{name: a.Group}
		s.groups[a.Group] = g
	}
	g.entries++
	s.held += weight
	s.entries[k] = entry[V]{value: a.Value, until: until, group: g, weight: weight}
}

func (s *shard[K, V]) forget(k K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(k)
	delete(s.flights, k)
}

func (s *shard[K, V]) forgetGroup(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g, ok := s.groups[name]; ok {
		g.gone = true
		delete(s.groups, name)
	}
	for _, f := range s.flights {
		if !slices.Contains(f.forgotten, name) {
			f.forgotten = append(f.forgotten, name)
		}
	}
}

func (s *shard[K, V]) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = 0
	clear(s.entries)
	clear(s.groups)
	clear(s.flights)
}

func (s *shard[K, V]) drop(k K) {
	e, ok := s.entries[k]
	if !ok {
		return
	}
	delete(s.entries, k)
	s.held -= e.weight
	if e.group.entries--; e.group.entries == 0 && !e.group.gone {
		delete(s.groups, e.group.name)
	}
}

// makeRoom drops what has ended, and when that is little, an arbitrary eighth, or as much
// as leaves room for a weight.
func (s *shard[K, V]) makeRoom(now time.Time, weight int) {
	for k, e := range s.entries {
		if !e.fresh(now) {
			s.drop(k)
		}
	}
	for k := range s.entries {
		if s.held <= min((s.size-1)*7/8, s.size-weight) {
			return
		}
		s.drop(k)
	}
}
