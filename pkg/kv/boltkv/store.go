// Package boltkv keeps a kv.Store in one bbolt file.
//
// Every commit is two fsyncs, so transactions share them: one goroutine takes whatever
// waits, runs each function on an overlay of its own and commits the overlays of those
// that returned nil as one bbolt transaction. Nobody is answered before that, and
// nobody waits for a timer.
package boltkv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/holdplane/holdplane/pkg/kv"
)

// Options are what Open needs beside the path. The zero value is usable.
type Options struct {
	// OnFailure is called once when the store has stopped itself, with the error that
	// all later calls get. It may call Close. It may be nil.
	OnFailure func(error)
	// LockTimeout is how long Open waits for another process to close the file; 0 is
	// one second.
	LockTimeout time.Duration
}

// Store is a kv.Store in one file. When a commit fails it stops: every waiting and
// every later Update gets kv.ErrFailed, because after a failed fsync nobody can say
// what is on the disk. Views go on, on the last state that is known to be durable.
type Store struct {
	path      string
	file      *os.File // db's own
	db        *bolt.DB
	onFailure func(error)

	queue queue
	calls sync.Pool
	ended chan struct{} // closed when the writer has stopped

	durable atomic.Int64                  // id of the last transaction known to be on disk
	settled atomic.Pointer[chan struct{}] // closed when the running commit has ended
	failure atomic.Pointer[error]
	stuck   atomic.Bool // bbolt panicked holding its locks: it must not be called again

	closing   atomic.Bool
	closeOnce sync.Once
	closeErr  error
}

var _ kv.Store = (*Store)(nil)

// View runs fn on the last durable state. While fn runs the file keeps that state's
// pages, and once in a gigabyte of growth a commit waits for all Views to end: fn should
// take less than a second, and must not itself wait for an Update.
//
// Damage that bbolt notices is an error that wraps ErrDamaged.
func (s *Store) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	tx, err := s.begin(false)
	if err != nil {
		return err
	}
	r := reader{}
	defer r.end(tx)
	if err := s.await(ctx, tx.ID()); err != nil {
		return err
	}
	if err := r.open(tx); err != nil {
		return err
	}
	return fn(&r)
}

// Update runs fn in the next group. It returns kv.ErrBusy at once when 4,096
// transactions wait already. When fn panics, Update panics in its caller's goroutine
// with an error that holds fn's stack.
func (s *Store) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := s.calls.Get().(*call)
	c.ctx, c.fn = ctx, fn
	if err := s.queue.push(c); err != nil {
		s.recycle(c)
		return err
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		// The call stays the writer's, also when it has just been answered.
		c.leave()
		return ctx.Err()
	}
	err := c.err
	s.recycle(c)
	if p, ok := err.(*panicked); ok {
		panic(p)
	}
	return err
}

func (s *Store) recycle(c *call) {
	c.ctx, c.fn, c.err = nil, nil, nil
	s.calls.Put(c)
}

// Close runs what waits, waits for running Views and releases the file.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		s.closing.Store(true)
		s.queue.shut(kv.ErrClosed)
		<-s.ended
		if s.stuck.Load() {
			s.closeErr = release(s.file)
			return
		}
		s.closeErr = s.db.Close()
	})
	return s.closeErr
}

// begin starts a bbolt transaction. It turns a panic into ErrDamaged; bbolt holds locks
// then that it will not give back, so the store stops for good.
func (s *Store) begin(writable bool) (tx *bolt.Tx, err error) {
	if s.closing.Load() && !writable {
		return nil, kv.ErrClosed
	}
	if s.stuck.Load() {
		return nil, *s.failure.Load()
	}
	defer func() {
		if errors.Is(err, ErrDamaged) {
			s.fail(err)
			s.stuck.Store(true)
		}
	}()
	defer rescue(&err)
	tx, err = s.db.Begin(writable)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return nil, kv.ErrClosed
	}
	if failure := s.failure.Load(); err != nil && failure != nil {
		return nil, *failure // the commit that failed took the mapping with it
	}
	return tx, err
}

// fail records why the store has stopped. The first reason stays.
func (s *Store) fail(cause error) {
	err := fmt.Errorf("%w: %s: %w", kv.ErrFailed, s.path, explain(cause))
	if s.failure.CompareAndSwap(nil, &err) && !s.closing.Load() {
		s.queue.shut(err)
	}
}

// await waits until the state of a transaction is durable: for at most one fsync, since
// bbolt shows a commit as soon as its meta page is written. A state whose commit failed
// is never shown, because it may be gone after a restart.
func (s *Store) await(ctx context.Context, id int) error {
	for int64(id) > s.durable.Load() {
		settled := s.settled.Load()
		if failure := s.failure.Load(); failure != nil {
			return *failure
		}
		if int64(id) <= s.durable.Load() {
			return nil // settled may already be the next commit's
		}
		select {
		case <-*settled:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
