package sealedkv_test

import (
	"bytes"
	"context"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/holdplane/holdplane/pkg/kv"
)

// memory is an inner store that shows its bytes: a map, copied for each transaction.
type memory struct {
	mu     sync.Mutex
	rows   map[string][]byte
	reruns int // how often Update throws a run away first
}

func newMemory() *memory { return &memory{rows: map[string][]byte{}} }

func (m *memory) copy() *memory { return &memory{rows: maps.Clone(m.rows)} }

func (m *memory) View(_ context.Context, fn func(kv.Reader) error) error {
	m.mu.Lock()
	tx := memoryTx(maps.Clone(m.rows))
	m.mu.Unlock()
	return fn(tx)
}

func (m *memory) Update(_ context.Context, fn func(kv.Writer) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for range m.reruns {
		if err := fn(memoryTx(maps.Clone(m.rows))); err != nil {
			return err
		}
	}
	tx := memoryTx(maps.Clone(m.rows))
	if err := fn(tx); err != nil {
		return err
	}
	m.rows = tx
	return nil
}

func (m *memory) Close() error { return nil }

type memoryTx map[string][]byte

func (tx memoryTx) Get(k []byte) ([]byte, error) {
	v, ok := tx[string(k)]
	if !ok {
		return nil, kv.ErrNotFound
	}
	return v, nil
}

func (tx memoryTx) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		keys := slices.Sorted(maps.Keys(tx))
		if r.Reverse {
			slices.Reverse(keys)
		}
		n := 0
		for _, k := range keys {
			if k < string(r.Start) || r.End != nil && k >= string(r.End) {
				continue
			}
			e := kv.Entry{Key: []byte(k)}
			if !r.KeysOnly {
				e.Value = tx[k]
			}
			n++
			if !yield(e, nil) || n == r.Limit {
				return
			}
		}
	}
}

func (tx memoryTx) Put(k, v []byte) error {
	if err := kv.CheckEntry(k, v); err != nil {
		return err
	}
	tx[string(k)] = bytes.Clone(v)
	return nil
}

func (tx memoryTx) Expect(k, v []byte) (bool, error) { return kv.Holds(tx, k, v) }

func (tx memoryTx) Delete(k []byte) error {
	delete(tx, string(k))
	return nil
}
