package boltkv

import (
	"errors"
	"runtime"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/holdplane/holdplane/pkg/kv/internal/overlay"
)

// maxGroupBytes ends a group early, so that large values don't pile up in one commit.
const maxGroupBytes = 16 << 20

var errGoexit = errors.New("a transaction's function ended its goroutine")

// writer is the goroutine that runs and commits transactions, with the memory it reuses.
type writer struct {
	store *Store
	group []*call // taken from the queue, not yet answered
	errs  []error // of the first calls of group, which have run
	all   overlay.Tx
	one   overlay.Tx
}

// loop runs until the store is closed or has failed. Whatever ends it, everybody who
// waits gets an answer.
func (w *writer) loop() {
	debug.SetPanicOnFault(true)
	cause := errGoexit
	defer func() { w.stop(cause) }()
	for w.gather() {
		if err := w.turn(); err != nil {
			cause = err
			return
		}
	}
	cause = nil
}

// gather takes the next group. False means that the store is closed and nothing waits.
func (w *writer) gather() bool {
	for {
		n := len(w.group)
		w.group = w.store.queue.pull(w.group)
		if len(w.group) == n || len(w.group) == maxGroup {
			return len(w.group) > 0
		}
		// Callers that have just been answered are about to call again.
		runtime.Gosched()
	}
}

// turn runs calls of the group, commits their changes and answers them. Those that a
// commit has no room for stay for the next turn. An error is a failed commit; then
// nobody was answered, since even an error may rest on changes that are now lost.
func (w *writer) turn() error {
	tx, err := w.store.begin(true)
	if err != nil {
		return err
	}
	defer w.store.rollback(tx)
	base := reader{}
	if err := base.open(tx); err != nil {
		return err
	}
	w.run(&base)
	if !w.all.Empty() {
		if err := w.apply(tx); err != nil {
			return err
		}
		if err := w.commit(tx); err != nil {
			return err
		}
	}
	w.answer()
	return nil
}

// run runs the group's functions, each seeing the changes of those before it.
func (w *writer) run(base *reader) {
	w.all.Reset(base)
	for _, c := range w.group {
		w.one.Reset(&w.all)
		err := c.run(&w.one)
		if err == nil {
			w.all.Merge(&w.one)
		}
		w.errs = append(w.errs, err)
		if w.all.Bytes() >= maxGroupBytes {
			return
		}
	}
}

// apply hands the changes to bbolt, in key order, which spares it page splits.
func (w *writer) apply(tx *bolt.Tx) (err error) {
	defer rescue(&err)
	b := tx.Bucket(bucket)
	for e := range w.all.Changes() {
		if e.Value == nil {
			err = b.Delete(e.Key)
		} else {
			err = b.Put(e.Key, e.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// commit makes the transaction durable. Views that see it early wait until it is.
func (w *writer) commit(tx *bolt.Tx) (err error) {
	s := w.store
	id := tx.ID()
	settled := make(chan struct{})
	s.settled.Store(&settled)
	defer func() {
		if err == nil {
			s.durable.Store(int64(id))
		} else {
			s.fail(err)
		}
		close(settled)
	}()
	defer rescue(&err)
	return tx.Commit()
}

func (w *writer) answer() {
	n := len(w.errs)
	for i, c := range w.group[:n] {
		c.answer(w.errs[i])
	}
	rest := copy(w.group, w.group[n:])
	clear(w.group[rest:])
	clear(w.errs)
	w.group, w.errs = w.group[:rest], w.errs[:0]
	w.one.Reset(nil)
	w.all.Reset(nil)
}

// stop ends the writer. A nil cause is that no more calls come. When the store has
// failed everybody who waits is told.
func (w *writer) stop(cause error) {
	s := w.store
	if cause != nil {
		s.fail(cause)
	}
	failure := s.failure.Load()
	if failure == nil {
		close(s.ended)
		return
	}
	for len(w.group) > 0 {
		for _, c := range w.group {
			c.answer(*failure)
		}
		w.group = s.queue.pull(w.group[:0])
	}
	close(s.ended)
	if s.onFailure != nil {
		s.onFailure(*failure)
	}
}

// rollback ends a transaction that wasn't committed; after a commit it does nothing.
func (s *Store) rollback(tx *bolt.Tx) {
	var err error
	func() {
		defer rescue(&err)
		if err = tx.Rollback(); errors.Is(err, bolterrors.ErrTxClosed) {
			err = nil
		}
	}()
	if err != nil {
		s.fail(err)
		s.stuck.Store(true)
	}
}
