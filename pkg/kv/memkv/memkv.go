// Package memkv is a kv.Store in memory, for tests. Nothing outlives the process.
//
// It holds its callers to the contract: every function of Update runs twice, and is told
// the first time that all is as it expects, so that one which isn't pure fails here and
// not first on a database that retries and guesses.
package memkv

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/internal/ordered"
	"github.com/holdplane/holdplane/pkg/kv/internal/overlay"
)

// Store is a kv.Store whose states are immutable lists. A View keeps the one it began
// with, so it neither waits for Updates nor delays them.
type Store struct {
	state atomic.Pointer[ordered.List]
	turn  chan struct{} // holds a token while an Update runs

	open   sync.RWMutex // read-held by running transactions
	closed bool
}

var _ kv.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	s := &Store{turn: make(chan struct{}, 1)}
	s.state.Store(&ordered.List{})
	return s
}

// View runs fn on the current state.
func (s *Store) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.open.RUnlock()
	return fn(snapshot{s.state.Load()})
}

// Update runs fn, twice, and makes the changes of the second run the current state.
func (s *Store) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.open.RUnlock()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil { // it ended while the turn came
		return err
	}
	state := s.state.Load()
	var tx overlay.Tx
	tx.Reset(guesser{snapshot{state}})
	// What the first run returns doesn't count, as on a database that has to retry.
	_ = fn(&tx)
	tx.Reset(snapshot{state})
	if err := fn(&tx); err != nil {
		return err
	}
	s.state.Store(apply(state, &tx))
	return nil
}

// Close waits for running transactions and refuses new ones.
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	s.closed = true
	return nil
}

func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.open.RLock()
	if s.closed {
		s.open.RUnlock()
		return kv.ErrClosed
	}
	return nil
}

func apply(state *ordered.List, tx *overlay.Tx) *ordered.List {
	next := state.Clone()
	for e := range tx.Changes() {
		if e.Value == nil {
			next.Remove(e.Key)
		} else {
			next.Set(e.Key, e.Value)
		}
	}
	return next
}

// guesser is what the first run of an Update stands on.
type guesser struct{ snapshot }

// Expect says that all is as expected.
func (guesser) Expect(_, _ []byte) (bool, error) { return true, nil }

// snapshot reads one state.
type snapshot struct{ list *ordered.List }

func (s snapshot) Get(key []byte) ([]byte, error) {
	value, ok := s.list.Get(key)
	if !ok {
		return nil, kv.ErrNotFound
	}
	return value, nil
}

func (s snapshot) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		count := 0
		for e, ok := s.list.Step(r, nil); ok; e, ok = s.list.Step(r, e.Key) {
			out := e
			if r.KeysOnly {
				out.Value = nil
			}
			count++
			if !yield(out, nil) || count == r.Limit {
				return
			}
		}
	}
}
