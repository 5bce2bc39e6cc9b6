// Package pgkv keeps a kv.Store in PostgreSQL, or in an engine that speaks its protocol
// and has its SERIALIZABLE: one table, key and value, in a schema of its own.
//
// A transaction begins with its first read and ends with its writes, each time in one
// round trip: a function that reads nothing costs one, one that reads once costs two.
// What it expects costs none (docs/decisions/0010).
// Nothing but transactions and rows is asked of the server: no triggers, LISTEN,
// advisory locks, sequences or extensions.
package pgkv

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/internal/overlay"
)

// maxLosses is how often a transaction is begun anew on another connection.
const maxLosses = 3

// Store is a kv.Store in one schema of a database. Any number of processes may share it.
//
// It never stops by itself: while the server can't be reached calls get
// kv.ErrUnavailable, and later ones succeed.
type Store struct {
	pool     *pgxpool.Pool
	where    string // the database, for errors
	gate     gate
	overlays sync.Pool
	suspect  atomic.Int64 // unix nanoseconds until which idle connections are tested before use
	updates  atomic.Int64
	reruns   atomic.Int64
	meters   meters
}

var _ kv.Store = (*Store)(nil)

// View runs fn on a snapshot: a REPEATABLE READ, READ ONLY transaction, which delays
// nobody and never conflicts. It holds a connection from its first read on.
//
// Among transactions that change what others read, a snapshot can show the effect of one
// without that of another which, to explain all that both have read, must have come
// before. What has to be decided on a state that is exact to this point belongs in an Update.
//
// Like Update it returns kv.ErrBusy when too many calls wait, and kv.ErrUnavailable.
func (s *Store) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := s.gate.enter(ctx); err != nil {
		return err
	}
	defer s.gate.leave()
	t := &tx{store: s, ctx: ctx, begin: beginView}
	defer t.end()
	return fn(t)
}

// Update runs fn in a SERIALIZABLE transaction, and again, for at most ten seconds, while
// it conflicts with others; then it returns kv.ErrBusy. An error of fn counts only when
// the reads it rests on were valid, so its transaction is committed too, without changes.
// What fn expects is taken for granted in its first run, and read in those that follow.
//
// When the connection is lost before the commit was sent, fn runs again on another one;
// when it is lost afterwards the error is kv.ErrUnknown.
func (s *Store) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if err := s.gate.enter(ctx); err != nil {
		return err
	}
	defer s.gate.leave()
	s.updates.Add(1)
	result, broken := s.run(ctx, fn, guesses{})
	if errors.Is(broken, errGuess) {
		s.reruns.Add(1)
		result, broken = s.run(ctx, fn, nil)
	}
	if broken != nil {
		return s.rerun(ctx, fn, broken)
	}
	return result
}

// Close waits for running transactions and closes the connections.
func (s *Store) Close() error {
	s.gate.close()
	s.pool.Close()
	return nil
}

// Stats are figures for metrics.
type Stats struct {
	// Calls is the number of Views and Updates that run or wait for a connection.
	Calls int
	// Connections is the number of open connections, and Idle how many of them nobody uses.
	Connections, Idle int
	// Updates is how many there were since Open, and Reruns how often a function ran again.
	Updates, Reruns int64
}

// Stats returns the current figures.
func (s *Store) Stats() Stats {
	pool := s.pool.Stat()
	return Stats{
		Calls:       s.gate.length(),
		Connections: int(pool.TotalConns()),
		Idle:        int(pool.IdleConns()),
		Updates:     s.updates.Load(),
		Reruns:      s.reruns.Load(),
	}
}

// run runs fn once. broken is why the run doesn't count, whatever fn made of it.
func (s *Store) run(ctx context.Context, fn func(kv.Writer) error, g guesses) (result, broken error) {
	t := &tx{store: s, ctx: ctx, begin: beginUpdate, guesses: g}
	defer t.end()
	w := s.overlays.Get().(*overlay.Tx)
	defer s.overlays.Put(w)
	w.Reset(t)
	result = fn(w)
	if t.err != nil {
		return nil, t.err
	}
	if result != nil {
		w.Reset(t)
	}
	return result, t.commit(w)
}

// rerun runs fn, which no longer guesses, until a run counts. broken is why the last one didn't.
func (s *Store) rerun(ctx context.Context, fn func(kv.Writer) error, broken error) error {
	waits := newWaits(ctx)
	for losses := 0; ; {
		switch {
		case errors.Is(broken, errLost) && losses < maxLosses:
			losses++
		case !errors.Is(broken, errConflict):
			return broken
		}
		switch err := waits.next(); {
		case errors.Is(err, errPatience):
			return broken
		case err != nil:
			return err
		}
		s.reruns.Add(1)
		var result error
		if result, broken = s.run(ctx, fn, nil); broken == nil {
			return result
		}
	}
}
