package kvtest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

// clock is a key that every committing transaction increments. What a transaction reads
// there is its place in the serial order.
const clock = "clock"

// Simulate runs random transactions on several goroutines, about steps in all, then
// replays them one by one on a map in the order that the clock gives, and compares
// everything that any of them read, also those that failed. The same seed makes the
// same transactions, though not the same order.
func Simulate(t *testing.T, open func(t *testing.T) kv.Store, seed uint64, steps int) {
	t.Helper()
	s := open(t)
	sim := &simulation{}
	each(t, workers, func(worker int) error {
		random := rand.New(rand.NewPCG(seed, uint64(worker)))
		for range steps / workers {
			if err := sim.transaction(t, s, random); err != nil {
				return fmt.Errorf("seed %d: %w", seed, err)
			}
		}
		return nil
	})
	m, err := sim.replay()
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	view(t, s, func(tx kv.Reader) error {
		got, err := scan(tx, kv.Range{})
		equal(t, fmt.Sprintf("seed %d: the final state", seed), got, m.scan(kv.Range{}))
		return err
	})
}

type simulation struct {
	acknowledged atomic.Int64 // highest place that Update has returned nil for, plus one
	mu           sync.Mutex
	records      []*record
}

// record is what one transaction read and wrote.
type record struct {
	place     int
	committed bool
	steps     []func(m model) error // each repeats a change, or compares what was read
}

// transaction draws a transaction, runs it and keeps its record.
func (sim *simulation) transaction(t *testing.T, s kv.Store, random *rand.Rand) error {
	ops := make([]operation, random.IntN(6))
	reads := random.IntN(3) == 0
	for i := range ops {
		ops[i] = draw(random, reads)
	}
	fails := random.IntN(5) == 0
	earliest := int(sim.acknowledged.Load())
	var r *record
	var err error
	if reads {
		err = s.View(t.Context(), func(tx kv.Reader) error { r = &record{}; return r.read(tx, ops) })
	} else {
		guess := random.IntN(2) * earliest
		err = s.Update(t.Context(), func(tx kv.Writer) error { r = &record{}; return r.write(tx, ops, guess, fails) })
	}
	if err != nil && !errors.Is(err, errTest) {
		return err
	}
	if r.place < earliest {
		return fmt.Errorf("a transaction began after place %d was acknowledged and read place %d", earliest, r.place)
	}
	if r.committed = !reads && err == nil; r.committed {
		raise(&sim.acknowledged, int64(r.place)+1)
	}
	sim.mu.Lock()
	defer sim.mu.Unlock()
	sim.records = append(sim.records, r)
	return nil
}

func raise(to *atomic.Int64, n int64) {
	for old := to.Load(); old < n && !to.CompareAndSwap(old, n); old = to.Load() {
	}
}

func (r *record) read(tx kv.Reader, ops []operation) (err error) {
	if r.place, err = number(tx, clock); err != nil {
		return err
	}
	for _, op := range ops {
		if err := r.step(tx, op); err != nil {
			return err
		}
	}
	return nil
}

// write runs operations at a place that it expects, or reads where it is another one.
func (r *record) write(tx kv.Writer, ops []operation, place int, fails bool) error {
	var expected []byte
	if place > 0 {
		expected = fmt.Append(nil, place)
	}
	right, err := tx.Expect([]byte(clock), expected)
	if err == nil && !right {
		place, err = number(tx, clock)
	}
	if err != nil {
		return err
	}
	r.place = place
	tick := operation{kind: kindPut, key: clock, value: fmt.Sprint(place + 1)}
	for _, op := range append([]operation{tick}, ops...) {
		if err := r.change(tx, op); err != nil {
			return err
		}
	}
	if fails {
		return errTest
	}
	return nil
}

// replay runs the records on a model. Those that didn't commit saw the state of their
// place; the one that committed made the next.
func (sim *simulation) replay() (model, error) {
	slices.SortStableFunc(sim.records, func(a, b *record) int {
		if order := cmp.Compare(a.place, b.place); order != 0 || a.committed == b.committed {
			return order
		}
		if a.committed {
			return 1
		}
		return -1
	})
	state, place := model{}, 0
	for _, r := range sim.records {
		if r.place != place {
			return nil, fmt.Errorf("two transactions took place %d, or none", place)
		}
		m := maps.Clone(state)
		for _, step := range r.steps {
			if err := step(m); err != nil {
				return nil, fmt.Errorf("at place %d: %w", r.place, err)
			}
		}
		if r.committed {
			state, place = m, place+1
		}
	}
	return state, nil
}
