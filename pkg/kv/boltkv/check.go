package boltkv

import (
	"context"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
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

// Check reads the whole file and reports the first inconsistency of its pages and of the
// keys' order as an error that wraps ErrDamaged. Updates wait until it is done: about
// three seconds a gigabyte when the file is in memory.
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
	tree := pages{
		ctx: ctx, file: s.file, size: s.db.Info().PageSize,
		end: uint64(tx.Size()) / uint64(s.db.Info().PageSize), seen: map[uint64]bool{},
	}
	if err := tree.walk(uint64(tx.Cursor().Bucket().Root()), nil, nil); err != nil {
		return err
	}
	return checkFree(tx)
}

// checkFree runs bbolt's own check, for what the tree doesn't show: whether every other
// page is free.
func checkFree(tx *bolt.Tx) (err error) {
	for e := range tx.Check() { // to the end, or its goroutine would stay
		if err == nil {
			err = fmt.Errorf("%w: %w", ErrDamaged, e)
		}
	}
	return err
}
