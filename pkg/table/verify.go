package table

import (
	"bytes"
	"fmt"
	"time"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Problem is what can be wrong at a key of a store.
type Problem string

// The problems that Verify knows.
const (
	// Unknown is a key that no table of the set has made.
	Unknown Problem = "unknown key"
	// Damaged is a value that can't be opened or decoded.
	Damaged Problem = "damaged value"
	// Misplaced is a row that stands at another key than its id says.
	Misplaced Problem = "misplaced row"
	// Missing is an entry of an index, or of an end of life, that a row should have.
	Missing Problem = "missing entry"
	// Dangling is an entry that leads to a row that is not there.
	Dangling Problem = "dangling entry"
	// Wrong is an entry that leads to a row that should not have it.
	Wrong Problem = "wrong entry"
	// Orphan is a row that lacks another one, which its table's Spec.Needs names.
	Orphan Problem = "orphan"
	// Miscounted is a count that differs from the number of rows.
	Miscounted Problem = "wrong count"
)

// Finding is something that Verify has found. It holds no value: ids stand as they are in the
// store's keys, and what is not readable there, such as digests and blinded values, is its
// first 16 bytes in hexadecimal.
type Finding struct {
	Problem Problem
	// Tenant whose scope it is in; tenant.None in the installation's.
	Tenant tenant.ID
	// Table it belongs to; empty when that is not known.
	Table string
	// ID of the row, or values of an entry; parts have slashes between them.
	ID string
	// Detail says what else is known, such as the index.
	Detail string
}

// Report is what Verify has checked and found.
type Report struct {
	// Checked keys.
	Checked int
	// Next is the key to go on from; nil when the store has no more.
	Next []byte
	// Findings in the order of the keys.
	Findings []Finding
}

// Verify checks that each key of a store belongs to a table of the set and agrees with all
// others: a row with its indexes, its end of life, the rows it needs and the count of its
// scope, and the other way round. It begins at from, nil for the first, and ends after limit
// keys, 0 for all. Rows that have ended and are not swept yet are rows.
//
// It reads a few keys for each that it checks. A scope's count is met once, and reads the keys
// of all rows in the scope. Errors are the store's: what is damaged is a finding.
func (s Set) Verify(tx kv.Reader, from []byte, limit int) (Report, error) {
	var keys [][]byte
	for e, err := range tx.Scan(kv.Range{Start: from, Limit: limit, KeysOnly: true}) {
		if err != nil {
			return Report{}, err
		}
		keys = append(keys, bytes.Clone(e.Key))
	}
	w := &walk{Reader: tx, set: s, now: time.Now()}
	for _, k := range keys {
		if err := w.check(k); err != nil {
			return Report{}, fmt.Errorf("verify: %w", err)
		}
		w.last = k
	}
	r := Report{Checked: len(keys), Findings: w.findings}
	if limit > 0 && len(keys) == limit {
		r.Next = append(w.last, 0)
	}
	return r, nil
}
