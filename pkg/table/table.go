// Package table keeps protobuf records in a kv.Store: by primary key, with unique and
// multi-valued indexes kept in the same transaction, an end of life per row, and a
// count per scope that no two writers fight over.
//
//	g|t tenant, table, id...             -> record
//	g|t tenant, table/index, value, ...  -> key of the record
//	g, ttl, milliseconds, key of record  -> table           (rows that end)
//	g, count, table, scope, id, sign     -> ""              (until the sweeper folds it)
//	g|t tenant, table/count              -> folded count
package table

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// ErrExists is wrapped by Insert and Replace when a unique index has the value already.
// The transaction has to be given up then: part of the row may be written.
var ErrExists = errors.New("table: value of a unique index is taken")

// Blinder turns index values into text that tells nothing about them.
type Blinder interface {
	// Blind returns the same short bytes for the same domain and values, and others
	// for others.
	Blind(domain string, values ...string) []byte
}

// Spec describes a table. It is data: every function in it is pure.
type Spec[M proto.Message] struct {
	// Name is unique in its store and short: it stands in every key.
	Name string
	// ID returns the parts of the primary key below the scope: strings or uint64s.
	ID func(M) []any
	// Indexes are further ways to find rows.
	Indexes []Index[M]
	// Expires returns when a row ends: from then on it is as if deleted. Zero is never.
	// Nil when no row ends.
	Expires func(M) time.Time
	// Counted keeps a count per scope.
	Counted bool
	// Needs returns the rows of the same scope without which a row would be an orphan. Nothing
	// refuses orphans: Verify finds them. Nil when a row needs none.
	Needs func(M) []Need
}

// Need names a row by its table and its primary key.
type Need struct {
	Table string
	ID    []any
}

// Index finds rows by values. Values are blinded: equal ones are found, their order is
// lost, and nothing of them is readable in the store, unless the index is Plain.
type Index[M proto.Message] struct {
	Name string
	// Unique allows one row per values, in the scope or, when Global, in the store.
	Unique bool
	// Global finds rows without knowing their scope.
	Global bool
	// Plain leaves the values readable, and ordered: for those that stand in keys anyway, such
	// as ids. Where they are ordered by time, adding one is several times cheaper than to a
	// blinded index, whose entries are everywhere.
	Plain bool
	// Values returns what the row is found by; nil leaves it out of the index.
	Values func(M) []string
}

// Table keeps records of one kind.
type Table[M proto.Message] struct {
	spec  Spec[M]
	blind Blinder
}

// New returns the table that spec describes.
func New[M proto.Message](spec Spec[M], blind Blinder) *Table[M] {
	return &Table[M]{spec: spec, blind: blind}
}

// Get returns the row with a primary key, or kv.ErrNotFound. With that comes the row where
// it has ended and is not swept yet: Replace puts another in its place, as Insert must not.
func (t *Table[M]) Get(tx kv.Reader, s Scope, id ...any) (M, error) {
	return t.read(tx, key.Append(s.key(t.spec.Name), id...))
}

// Find returns the row that a unique index has under values, or kv.ErrNotFound. The
// scope is ignored by global indexes.
func (t *Table[M]) Find(tx kv.Reader, s Scope, index string, values ...string) (M, error) {
	ix := t.index(index)
	row, err := tx.Get(t.indexKey(s, ix, values))
	if err != nil {
		var none M
		return none, err
	}
	return t.read(tx, row)
}

// Insert adds a row whose primary key is fresh: no row has it, nor one that has ended
// and is not swept yet. Unique indexes are checked; the primary key is not read.
func (t *Table[M]) Insert(tx kv.Writer, s Scope, m M) error {
	row := t.rowKey(s, m)
	for i := range t.spec.Indexes {
		if err := t.addIndex(tx, s, &t.spec.Indexes[i], row, m); err != nil {
			return err
		}
	}
	if err := t.addExpiry(tx, row, m); err != nil {
		return err
	}
	if err := t.countIn(tx, s, m); err != nil {
		return err
	}
	return t.write(tx, row, m)
}

// Replace puts m in the place of old, which was read in the same transaction and has
// the same primary key.
func (t *Table[M]) Replace(tx kv.Writer, s Scope, old, m M) error {
	row := t.rowKey(s, m)
	for i := range t.spec.Indexes {
		ix := &t.spec.Indexes[i]
		if equal(ix.Values(old), ix.Values(m)) {
			continue
		}
		if err := t.dropIndex(tx, s, ix, row, old); err != nil {
			return err
		}
		if err := t.addIndex(tx, s, ix, row, m); err != nil {
			return err
		}
	}
	if t.spec.Expires != nil && !t.spec.Expires(old).Equal(t.spec.Expires(m)) {
		if err := t.dropExpiry(tx, row, old); err != nil {
			return err
		}
		if err := t.addExpiry(tx, row, m); err != nil {
			return err
		}
	}
	return t.write(tx, row, m)
}

// Delete removes a row that was read in the same transaction.
func (t *Table[M]) Delete(tx kv.Writer, s Scope, m M) error {
	row := t.rowKey(s, m)
	for i := range t.spec.Indexes {
		if err := t.dropIndex(tx, s, &t.spec.Indexes[i], row, m); err != nil {
			return err
		}
	}
	if err := t.dropExpiry(tx, row, m); err != nil {
		return err
	}
	if err := t.countOut(tx, s, m); err != nil {
		return err
	}
	return tx.Delete(row)
}

func (t *Table[M]) rowKey(s Scope, m M) []byte {
	return key.Append(s.key(t.spec.Name), t.spec.ID(m)...)
}

func (t *Table[M]) read(tx kv.Reader, row []byte) (M, error) {
	m, err := t.decode(tx.Get(row))
	if err == nil && t.expired(m, time.Now()) {
		return m, kv.ErrNotFound
	}
	return m, err
}

func (t *Table[M]) decode(value []byte, err error) (M, error) {
	var none M
	if err != nil {
		return none, err
	}
	m := none.ProtoReflect().Type().New().Interface().(M)
	if err := proto.Unmarshal(value, m); err != nil {
		return none, fmt.Errorf("table %s: decode: %w", t.spec.Name, err)
	}
	return m, nil
}

func (t *Table[M]) write(tx kv.Writer, row []byte, m M) error {
	value, err := proto.Marshal(m)
	if err != nil {
		return fmt.Errorf("table %s: encode: %w", t.spec.Name, err)
	}
	return tx.Put(row, value)
}
