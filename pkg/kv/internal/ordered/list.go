// Package ordered keeps entries sorted by key, in memory.
package ordered

import (
	"bytes"
	"iter"
	"slices"

	"github.com/holdplane/holdplane/pkg/kv"
)

// chunkLen bounds what one insertion moves: 128 entries are 6 KiB.
const chunkLen = 128

// List is a sorted list in chunks. Finding costs O(log n); inserting moves at most one
// chunk, and every 64th time the chunk headers (n/64 of 32 bytes), which stays below a
// microsecond up to 100,000 entries. A few entries are one slice, and appending in
// order moves nothing. The zero value is empty and ready.
//
// A List may be read by many goroutines while nobody changes it. It keeps the slices it
// is given.
type List struct {
	chunks  []chunk // an empty one is the only one
	length  int
	version uint64
}

// chunk belongs to the list that may change it; clones share it until then.
type chunk struct {
	entries []kv.Entry
	owner   *List
}

// Len is the number of entries.
func (l *List) Len() int { return l.length }

// Version grows with every change, so that what was found can be known as stale.
func (l *List) Version() uint64 { return l.version }

// Get returns the value of a key.
func (l *List) Get(key []byte) (value []byte, ok bool) {
	i, j, ok := l.locate(key)
	if !ok {
		return nil, false
	}
	return l.chunks[i].entries[j].Value, true
}

// Set sets the value of a key.
func (l *List) Set(key, value []byte) {
	l.version++
	i, j, found := l.locate(key)
	if len(l.chunks) == 0 {
		l.chunks = append(l.chunks, chunk{owner: l})
	}
	c := l.own(i)
	if found {
		c.entries[j].Value = value
		return
	}
	c.entries = slices.Insert(c.entries, j, kv.Entry{Key: key, Value: value})
	l.length++
	if len(c.entries) >= chunkLen {
		l.split(i, j)
	}
}

// Remove takes a key out, if it is there.
func (l *List) Remove(key []byte) {
	i, j, found := l.locate(key)
	if !found {
		return
	}
	l.version++
	l.length--
	c := l.own(i)
	c.entries = slices.Delete(c.entries, j, j+1)
	if len(c.entries) == 0 {
		l.chunks = slices.Delete(l.chunks, i, i+1)
	}
}

// Clone returns a list that can change without changing this one, which must not
// change from now on. It costs n/64 chunk headers; chunks are copied when they change.
func (l *List) Clone() *List {
	return &List{chunks: slices.Clone(l.chunks), length: l.length, version: l.version}
}

// Clear empties the list and keeps the memory of its first chunk for the next use.
func (l *List) Clear() {
	l.version++
	l.length = 0
	if len(l.chunks) == 0 {
		return
	}
	first := l.own(0).entries
	clear(first)
	clear(l.chunks)
	l.chunks = l.chunks[:0]
	if cap(first) > 0 {
		l.chunks = append(l.chunks, chunk{entries: first[:0], owner: l})
	}
}

// All yields the entries in order. The list must not change meanwhile.
func (l *List) All() iter.Seq[kv.Entry] {
	return func(yield func(kv.Entry) bool) {
		for _, c := range l.chunks {
			for _, e := range c.entries {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// Step returns the entry of a range that follows last in the range's direction; nil is
// before the first. Limit and KeysOnly are the caller's. Every step is a new search, so
// the list may change between steps.
func (l *List) Step(r kv.Range, last []byte) (kv.Entry, bool) {
	if r.Reverse {
		return l.before(r, last)
	}
	from := r.Start
	if last != nil {
		from = last
	}
	i, j, found := l.locate(from)
	if found && last != nil {
		j++
	}
	if i < len(l.chunks) && j == len(l.chunks[i].entries) {
		i, j = i+1, 0
	}
	if i >= len(l.chunks) {
		return kv.Entry{}, false
	}
	e := l.chunks[i].entries[j]
	return e, r.End == nil || bytes.Compare(e.Key, r.End) < 0
}

func (l *List) before(r kv.Range, last []byte) (kv.Entry, bool) {
	bound := r.End
	if last != nil {
		bound = last
	}
	i, j := len(l.chunks), 0
	if bound != nil {
		i, j, _ = l.locate(bound)
	}
	if j == 0 {
		i--
		if i < 0 {
			return kv.Entry{}, false
		}
		j = len(l.chunks[i].entries)
	}
	if j == 0 {
		return kv.Entry{}, false
	}
	e := l.chunks[i].entries[j-1]
	return e, r.Start == nil || bytes.Compare(e.Key, r.Start) >= 0
}

// locate returns where key is, or where it would be inserted.
func (l *List) locate(key []byte) (i, j int, found bool) {
	n := len(l.chunks)
	if n == 0 {
		return 0, 0, false
	}
	if tail := l.chunks[n-1].entries; len(tail) == 0 || bytes.Compare(tail[len(tail)-1].Key, key) < 0 {
		return n - 1, len(tail), false
	}
	i, found = slices.BinarySearchFunc(l.chunks, key, func(c chunk, key []byte) int {
		return bytes.Compare(c.entries[0].Key, key)
	})
	if found {
		return i, 0, true
	}
	i = max(i-1, 0)
	j, found = slices.BinarySearchFunc(l.chunks[i].entries, key, func(e kv.Entry, key []byte) int {
		return bytes.Compare(e.Key, key)
	})
	return i, j, found
}

// own makes a chunk this list's own before it is changed.
func (l *List) own(i int) *chunk {
	c := &l.chunks[i]
	if c.owner != l {
		c.entries = append(make([]kv.Entry, 0, chunkLen), c.entries...)
		c.owner = l
	}
	return c
}

// split makes two chunks of a full one into which j was just inserted. Insertions in
// order leave full chunks behind, others half-full ones.
func (l *List) split(i, j int) {
	c := &l.chunks[i]
	at := len(c.entries) / 2
	if i == len(l.chunks)-1 && j == len(c.entries)-1 {
		at = j
	}
	right := append(make([]kv.Entry, 0, chunkLen), c.entries[at:]...)
	clear(c.entries[at:])
	c.entries = c.entries[:at]
	l.chunks = slices.Insert(l.chunks, i+1, chunk{entries: right, owner: l})
}
