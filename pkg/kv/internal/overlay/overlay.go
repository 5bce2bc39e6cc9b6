// Package overlay runs a transaction's function apart from the state below it.
package overlay

import (
	"bytes"
	"iter"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/internal/ordered"
)

// Tx is a kv.Writer that shows its own changes over a base and leaves the base alone.
// Overlays nest. The zero value is ready after Reset and may be used again and again.
type Tx struct {
	base    kv.Reader
	changes ordered.List // a nil value is a deletion
	bytes   int
}

var _ kv.Writer = (*Tx)(nil)

// Reset forgets all changes and puts the overlay on a base. It keeps memory.
func (t *Tx) Reset(base kv.Reader) {
	t.base = base
	t.bytes = 0
	t.changes.Clear()
}

// Empty tells whether nothing was changed.
func (t *Tx) Empty() bool { return t.changes.Len() == 0 }

// Bytes is the size of all keys and values that were set, also of those set again.
func (t *Tx) Bytes() int { return t.bytes }

// Changes yields what was put and, with a nil value, what was deleted, in key order.
func (t *Tx) Changes() iter.Seq[kv.Entry] { return t.changes.All() }

// Merge takes over the changes of an overlay that stands on this one.
func (t *Tx) Merge(from *Tx) {
	for e := range from.changes.All() {
		t.changes.Set(e.Key, e.Value)
	}
	t.bytes += from.bytes
}

// Get returns the value of a key, or kv.ErrNotFound.
func (t *Tx) Get(key []byte) ([]byte, error) {
	value, ok := t.changes.Get(key)
	if !ok {
		return t.base.Get(key)
	}
	if value == nil {
		return nil, kv.ErrNotFound
	}
	return value, nil
}

// Expect tells whether a key has a value, absent if nil. What isn't changed it asks the
// base, which may have an Expect of its own.
func (t *Tx) Expect(key, value []byte) (bool, error) {
	base, ok := t.base.(expecter)
	if !ok {
		return kv.Holds(t, key, value)
	}
	own, ok := t.changes.Get(key)
	if !ok {
		return base.Expect(key, value)
	}
	return (own == nil) == (value == nil) && bytes.Equal(own, value), nil
}

// expecter is what a kv.Writer has beyond reading and changing.
type expecter interface {
	Expect(key, value []byte) (bool, error)
}

// Put sets the value of a key. It doesn't read the base.
func (t *Tx) Put(key, value []byte) error {
	if err := kv.CheckEntry(key, value); err != nil {
		return err
	}
	if value == nil {
		value = []byte{}
	}
	t.set(key, value)
	return nil
}

// Delete removes a key. It doesn't read the base.
func (t *Tx) Delete(key []byte) error {
	if err := kv.CheckKey(key); err != nil {
		return err
	}
	t.set(key, nil)
	return nil
}

func (t *Tx) set(key, value []byte) {
	t.bytes += len(key) + len(value)
	t.changes.Set(key, value)
}

// Scan yields a range of the base with the changes worked in.
func (t *Tx) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		m := merge{tx: t, r: r, yield: yield}
		all := r
		if r.Limit > 0 {
			all.Limit += t.changes.Len() // which may be deletions, each of an entry of the base
		}
		for e, err := range t.base.Scan(all) {
			if err != nil {
				yield(kv.Entry{}, err)
				return
			}
			if !m.base(e) {
				return
			}
		}
		m.upTo(nil)
	}
}

// merge is one running scan. The base drives it; the changes are searched for what
// comes next, anew whenever they have changed.
type merge struct {
	tx    *Tx
	r     kv.Range
	yield func(kv.Entry, error) bool

	last    []byte // key that was passed last
	count   int
	next    kv.Entry // first change behind last
	found   bool     // false: there is none
	fresh   bool     // next and found are known
	version uint64   // of the changes they were found in
}

// base yields the changes up to a base entry and the entry, unless a change hides it.
func (m *merge) base(e kv.Entry) bool {
	if !m.upTo(e.Key) {
		return false
	}
	if m.peek() && bytes.Equal(m.next.Key, e.Key) {
		return m.change()
	}
	m.last = e.Key
	return m.emit(e)
}

// upTo yields the changes before a key, or all that are left. It tells whether to go on.
func (m *merge) upTo(key []byte) bool {
	for m.peek() && (key == nil || m.precedes(key)) {
		if !m.change() {
			return false
		}
	}
	return true
}

func (m *merge) precedes(key []byte) bool {
	order := bytes.Compare(m.next.Key, key)
	return order < 0 && !m.r.Reverse || order > 0 && m.r.Reverse
}

func (m *merge) peek() bool {
	if !m.fresh || m.version != m.tx.changes.Version() {
		m.next, m.found = m.tx.changes.Step(m.r, m.last)
		m.fresh, m.version = true, m.tx.changes.Version()
	}
	return m.found
}

// change passes the next change and yields it if it isn't a deletion.
func (m *merge) change() bool {
	e := m.next
	m.last, m.fresh = e.Key, false
	return e.Value == nil || m.emit(e)
}

func (m *merge) emit(e kv.Entry) bool {
	if m.r.KeysOnly {
		e.Value = nil
	}
	m.count++
	return m.yield(e, nil) && m.count != m.r.Limit
}
