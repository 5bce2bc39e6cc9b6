// Package kv is the contract between the services and their stores: an ordered map
// from byte strings to byte strings, read and changed in transactions.
//
// Drivers (memkv, boltkv, pgkv) implement Store; decorators (sealedkv) wrap one. All
// of them pass kvtest, which is this contract as a program.
package kv

import (
	"bytes"
	"context"
	"errors"
	"iter"
)

// Sizes a key and a value may have. They suit every driver.
const (
	MaxKeyLen   = 2 << 10
	MaxValueLen = 4 << 20
)

var (
	// ErrNotFound is returned by Get for an absent key.
	ErrNotFound = errors.New("kv: key not found")
	// ErrBusy is returned by Update, and by View where a driver bounds it, when too many
	// transactions wait already. Nothing was done.
	ErrBusy = errors.New("kv: too many transactions are waiting")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("kv: store is closed")
	// ErrFailed is returned once the store has stopped itself because the disk or the
	// server below it failed. What was acknowledged before is safe; the outcome of the
	// transactions that get it is unknown.
	ErrFailed = errors.New("kv: store has stopped after a failure")
	// ErrDestroyed is returned by decorators for a part of the store that was closed for
	// good, such as a deleted tenant's.
	ErrDestroyed = errors.New("kv: this part of the store was destroyed")
	// ErrDamaged is returned by decorators for a value that is not what was put. Others can
	// still be read.
	ErrDamaged = errors.New("kv: stored data is damaged or was moved")
	// ErrUnavailable is returned while the server below the store can't be reached or take
	// part. Nothing was changed, and a later call may succeed.
	ErrUnavailable = errors.New("kv: the server below the store is not available")
	// ErrUnknown is returned by Update when the connection to the server was lost while the
	// commit was under way: the changes are durable, all of them, or there are none. A later
	// call may succeed.
	ErrUnknown = errors.New("kv: the outcome of the transaction is unknown, the connection was lost")
	// ErrTooLarge is returned for a key or a value over its maximum, and an empty key.
	ErrTooLarge = errors.New("kv: key is empty, or key or value is too large")
)

// Over reports that err is the end of a store: it was closed, or has stopped itself.
// Background work ends then; after any other error, the store's being busy or out of
// reach above all, it goes on later.
func Over(err error) bool { return errors.Is(err, ErrClosed) || errors.Is(err, ErrFailed) }

// Store is an ordered, transactional map. Transactions are serializable: the outcome
// is as if they had run one after the other, in an order that respects real time.
// All methods may be called concurrently.
type Store interface {
	// View runs fn on one unchanging state that holds everything acknowledged before
	// the call. On PostgreSQL that state is a snapshot, which among Updates that run at the
	// same time may show an order that only Views can tell from a serial one. fn may run
	// concurrently with others and must not keep the Reader. It must
	// not wait for an Update: a driver may have to wait for Views to go on writing.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn and, when fn returns nil, makes its changes durable before it
	// returns nil. When fn returns an error nothing is changed and Update returns that
	// error. Other errors are the store's own.
	//
	// fn may run more than once, each time on a clean slate, so it must be pure: ids,
	// times and random bytes are made outside. It must not call the Store, and must not
	// keep the Writer. When ctx ends while the commit is under way the outcome is
	// unknown to the caller; the error is then ctx's.
	Update(ctx context.Context, fn func(Writer) error) error

	// Close waits for running transactions and releases the store. It is safe to repeat.
	Close() error
}

// Reader reads in a transaction. Slices it returns are valid until the transaction
// ends and must not be modified.
type Reader interface {
	// Get returns the value of a key, or ErrNotFound.
	Get(key []byte) ([]byte, error)
	// Scan yields a range's entries in order. After an error it yields nothing more.
	// The transaction's own earlier changes are seen; changing the range while it is
	// scanned is not allowed, except for deleting or replacing the entry just yielded.
	Scan(r Range) iter.Seq2[Entry, error]
}

// Writer reads and changes in a transaction. The caller keeps no right to modify the
// slices it passes.
type Writer interface {
	Reader
	// Put sets the value of a key. An empty value is a value. Drivers don't read the
	// key, so that putting fresh keys never conflicts.
	Put(key, value []byte) error
	// Delete removes a key. An absent key is not an error.
	Delete(key []byte) error
	// Expect tells whether a key has a value or, with a nil value, whether it is absent:
	// what Get would tell, and like what Get tells it holds at the commit.
	//
	// It suits what is nearly always true. A driver that would have to ask a server may
	// say true unasked and have the server check with what is sent next, the commit at the
	// latest. Where that finds otherwise the run doesn't count, whatever its outcome: fn
	// runs again, and is told what is so.
	Expect(key, value []byte) (bool, error)
}

// Holds tells whether a key has a value or, with a nil value, whether it is absent. It is
// Expect for those who can only read.
func Holds(r Reader, key, value []byte) (bool, error) {
	got, err := r.Get(key)
	switch {
	case errors.Is(err, ErrNotFound):
		return value == nil, nil
	case err != nil:
		return false, err
	}
	return value != nil && bytes.Equal(got, value), nil
}

// Entry is a key and its value.
type Entry struct {
	Key, Value []byte
}

// Range is the keys from Start up to but not including End. A nil Start begins at
// the first key, a nil End ends after the last.
type Range struct {
	Start, End []byte
	// Reverse yields the last key first.
	Reverse bool
	// Limit ends the scan after so many entries; 0 is no limit. Drivers may use it to
	// fetch no more than is asked for.
	Limit int
	// KeysOnly leaves the values out: cheaper, above all under sealedkv.
	KeysOnly bool
}

// Prefix is the range of the keys that begin with p.
func Prefix(p []byte) Range {
	return Range{Start: p, End: PrefixEnd(p)}
}

// PrefixEnd returns the smallest key above all that begin with p; nil when there is none.
func PrefixEnd(p []byte) []byte {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] != 0xff {
			end := bytes.Clone(p[:i+1])
			end[i]++
			return end
		}
	}
	return nil
}

// CheckKey reports ErrTooLarge for a key no driver takes.
func CheckKey(key []byte) error {
	if len(key) == 0 || len(key) > MaxKeyLen {
		return ErrTooLarge
	}
	return nil
}

// CheckEntry reports ErrTooLarge for an entry no driver takes.
func CheckEntry(key, value []byte) error {
	if len(value) > MaxValueLen {
		return ErrTooLarge
	}
	return CheckKey(key)
}
