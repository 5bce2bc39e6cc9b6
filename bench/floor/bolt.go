package floor

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/holdplane/holdplane/bench/load"
)

// recordSize is about what an identity takes once it is encoded and sealed.
const recordSize = 300

var bucket = []byte("records")

// Bolt is a bare bbolt file: its records have keys in the order of time, which suits it
// best, and no index.
type Bolt struct {
	db    *bolt.DB
	next  atomic.Uint64
	value [recordSize]byte
}

// OpenBolt makes the file path, or opens it.
func OpenBolt(path string) (*Bolt, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
	return &Bolt{db: db}, err
}

// Close gives the file back.
func (b *Bolt) Close() error { return b.db.Close() }

// Update puts record after record, each in a transaction of its own. More writers
// would wait for each other.
func (b *Bolt) Update(ctx context.Context, d time.Duration) (load.Result, error) {
	return b.write(ctx, d, 1, b.db.Update)
}

// Batch puts records by so many writers through bbolt's own grouping.
func (b *Bolt) Batch(ctx context.Context, d time.Duration, writers int) (load.Result, error) {
	return b.write(ctx, d, writers, b.db.Batch)
}

func (b *Bolt) write(ctx context.Context, d time.Duration, writers int, commit func(func(*bolt.Tx) error) error) (load.Result, error) {
	r, err := measure(ctx, d, writers, func() (time.Duration, error) { return ownCPU(), nil }, func() error {
		key := binary.BigEndian.AppendUint64(nil, b.next.Add(1))
		return commit(func(tx *bolt.Tx) error { return tx.Bucket(bucket).Put(key, b.value[:]) })
	})
	if err != nil {
		return r, fmt.Errorf("bbolt: %w", err)
	}
	return r, nil
}

// ownCPU is the processor time of this process: bbolt runs inside it.
func ownCPU() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0 // it can't fail with these arguments
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
