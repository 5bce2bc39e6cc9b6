package boltkv

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"

	"github.com/holdplane/holdplane/pkg/kv"
)

// Stats are figures for metrics.
type Stats struct {
	// Waiting is the number of transactions in the queue.
	Waiting int
	// Bytes is the size of the file up to its last page; parts of it may be free.
	Bytes int64
}

// Stats returns the current figures. It costs a lock and a short read.
func (s *Store) Stats() (Stats, error) {
	tx, err := s.begin(false)
	if err != nil {
		return Stats{}, err
	}
	stats := Stats{Waiting: s.queue.length(), Bytes: tx.Size()}
	return stats, tx.Rollback()
}

// Check reads the whole file and reports the first inconsistency of its pages and its
// order as an error that wraps ErrDamaged. Updates wait until it is done: about two
// seconds a gigabyte when the file is in memory.
func (s *Store) Check(ctx context.Context) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	if err := ctx.Err(); err != nil {
		return err
	}
	if failure := s.failure.Load(); failure != nil {
		return *failure
	}
	// bbolt checks its list of free pages too, which a writer would be changing.
	tx, err := s.begin(true)
	if err != nil {
		return err
	}
	defer s.rollback(tx)
	if err := checkSize(tx, s.file); err != nil {
		return err
	}
	if err := walk(ctx, tx); err != nil {
		return err
	}
	return checkPages(tx)
}

// walk reads every entry. It comes first because bbolt checks on a goroutine of its
// own, where a page number that points outside the file would end the process.
func walk(ctx context.Context, tx *bolt.Tx) error {
	r := reader{}
	if err := r.open(tx); err != nil {
		return err
	}
	var last []byte
	for e, err := range r.Scan(kv.Range{}) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if last != nil && bytes.Compare(last, e.Key) >= 0 {
			return fmt.Errorf("%w: keys are out of order", ErrDamaged)
		}
		last = e.Key
	}
	return nil
}

func checkPages(tx *bolt.Tx) (err error) {
	for e := range tx.Check() { // to the end, or its goroutine would stay
		if err == nil {
			err = fmt.Errorf("%w: %w", ErrDamaged, e)
		}
	}
	return err
}
