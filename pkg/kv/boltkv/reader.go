package boltkv

import (
	"bytes"
	"errors"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"github.com/holdplane/holdplane/pkg/kv"
)

// pageSize is the smallest unit in which the file can be missing below its mapping.
const pageSize = 4 << 10

var (
	bucket   = []byte("kv")
	errEnded = errors.New("boltkv: the transaction has ended")
)

// reader reads in a bbolt transaction whose bucket has not been changed.
type reader struct {
	bucket *bolt.Bucket
	probe  byte // keeps the compiler from dropping the reads of touch
}

func (r *reader) open(tx *bolt.Tx) (err error) {
	defer rescue(&err)
	if r.bucket = tx.Bucket(bucket); r.bucket == nil {
		return fmt.Errorf("%w: it has no bucket %q", ErrDamaged, bucket)
	}
	return nil
}

// end makes a kept reader harmless and ends its transaction.
func (r *reader) end(tx *bolt.Tx) {
	r.bucket = nil
	// The one error of a read transaction's Rollback is that it was called twice.
	_ = tx.Rollback()
}

func (r *reader) Get(key []byte) (value []byte, err error) {
	if r.bucket == nil {
		return nil, errEnded
	}
	defer rescue(&err)
	value = r.bucket.Get(key)
	if value == nil {
		return nil, kv.ErrNotFound
	}
	return value, r.touch(key, value)
}

// touch reads from every page of an entry, so that a damaged length shows here, where
// it becomes an error, and not in the code that uses the entry.
func (r *reader) touch(key, value []byte) error {
	if len(key) > kv.MaxKeyLen || len(value) > kv.MaxValueLen {
		return fmt.Errorf("%w: an entry of %d and %d bytes", ErrDamaged, len(key), len(value))
	}
	for i := 0; i < len(value); i += pageSize {
		r.probe ^= value[i]
	}
	if n := len(value); n > 0 {
		r.probe ^= value[n-1]
	}
	return nil
}

func (r *reader) Scan(rg kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		if r.bucket == nil {
			yield(kv.Entry{}, errEnded)
			return
		}
		s := scan{r: r, Range: rg}
		count := 0
		for e, err := s.next(); e.Key != nil || err != nil; e, err = s.next() {
			count++
			if !yield(e, err) || err != nil || count == rg.Limit {
				return
			}
		}
	}
}

// scan is a cursor in a range. Its steps run bbolt's code and nobody else's, so that
// only bbolt's panics are taken for damage.
type scan struct {
	kv.Range
	r      *reader
	cursor *bolt.Cursor
}

// next returns the next entry; its key is nil at the end.
func (s *scan) next() (e kv.Entry, err error) {
	defer rescue(&err)
	key, value := s.step()
	if key == nil || !s.within(key) {
		return kv.Entry{}, nil
	}
	if s.KeysOnly {
		return kv.Entry{Key: key}, s.r.touch(key, nil)
	}
	return kv.Entry{Key: key, Value: value}, s.r.touch(key, value)
}

func (s *scan) step() (key, value []byte) {
	switch {
	case s.cursor != nil && s.Reverse:
		return s.cursor.Prev()
	case s.cursor != nil:
		return s.cursor.Next()
	}
	s.cursor = s.r.bucket.Cursor()
	switch {
	case s.Reverse && s.End == nil:
		return s.cursor.Last()
	case s.Reverse:
		if key, _ = s.cursor.Seek(s.End); key == nil {
			return s.cursor.Last()
		}
		return s.cursor.Prev()
	case s.Start == nil:
		return s.cursor.First()
	default:
		return s.cursor.Seek(s.Start)
	}
}

func (s *scan) within(key []byte) bool {
	if s.Reverse {
		return bytes.Compare(key, s.Start) >= 0
	}
	return s.End == nil || bytes.Compare(key, s.End) < 0
}
