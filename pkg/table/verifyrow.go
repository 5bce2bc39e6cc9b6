package table

import (
	"bytes"
	"errors"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// verifyRow checks a row against everything that should be there because it is.
func (t *Table[M]) verifyRow(w *walk, e entry) error {
	if err := t.verifyRows(w, e); err != nil || e.value == nil {
		return err
	}
	m, err := t.decode(e.value, nil)
	if err != nil {
		w.find(e.place, Damaged, "row does not decode")
		return nil
	}
	if row := t.rowKey(e.scope, m); !bytes.Equal(row, e.key) {
		w.find(e.place, Misplaced, "is that of "+shownRow(row))
		return nil
	}
	for i := range t.spec.Indexes {
		if err := t.verifyEntry(w, e, &t.spec.Indexes[i], m); err != nil {
			return err
		}
	}
	if k := t.expiryKey(e.key, m); k != nil {
		switch there, err := w.has(only(k)); {
		case err != nil:
			return err
		case !there:
			w.find(e.place, Missing, "end of life")
		}
	}
	return t.verifyNeeds(w, e, m)
}

// only is the range of a single key.
func only(k []byte) kv.Range { return kv.Range{Start: k, End: append(bytes.Clone(k), 0)} }

// verifyEntry checks that an index leads to a row. An entry that can't be opened is found
// where it is.
func (t *Table[M]) verifyEntry(w *walk, e entry, ix *Index[M], m M) error {
	values := ix.Values(m)
	if values == nil {
		return nil
	}
	k := t.indexKey(e.scope, ix, values)
	if !ix.Unique {
		k = key.Append(k, e.key)
	}
	row, err := w.read(k)
	switch {
	case errors.Is(err, kv.ErrNotFound):
		w.find(e.place, Missing, "index "+ix.Name)
	case err != nil:
		return err
	case row != nil && !bytes.Equal(row, e.key):
		w.find(e.place, Missing, "index "+ix.Name+" has "+shownRow(row)+" instead")
	}
	return nil
}

// verifyNeeds checks that the rows are there without which m is an orphan. One that has ended
// needs none: they go one after the other.
func (t *Table[M]) verifyNeeds(w *walk, e entry, m M) error {
	if t.spec.Needs == nil || t.expired(m, w.now) {
		return nil
	}
	for _, need := range t.spec.Needs(m) {
		k := key.Append(e.scope.key(need.Table), need.ID...)
		switch there, err := w.has(only(k)); {
		case err != nil:
			return err
		case !there:
			w.find(e.place, Orphan, "lacks "+shownRow(k))
		}
	}
	return nil
}

// verifyIndex checks that an index's entry leads to a row, and to one that it is of.
func (t *Table[M]) verifyIndex(w *walk, e entry) error {
	ix := t.indexOrNil(e.part)
	if ix == nil {
		w.find(e.place, Unknown, "no index "+e.part)
		return nil
	}
	if e.value == nil {
		return nil
	}
	if !ix.Unique {
		e.rest = withoutLast(e.rest) // the row, which what is found names
	}
	to, leads := "index "+ix.Name+" to "+shownRow(e.value), placeOfRow(e.value, t.spec.Name)
	if leads == nil {
		w.find(e.place, Wrong, "index "+ix.Name+" to no row of the table")
		return nil
	}
	row, err := w.read(e.value)
	if errors.Is(err, kv.ErrNotFound) {
		w.find(e.place, Dangling, to)
		return nil
	}
	if err != nil || row == nil {
		return err
	}
	m, err := t.decode(row, nil)
	if err != nil {
		return nil // found at the row
	}
	values := ix.Values(m)
	k := t.indexKey(leads.scope, ix, values)
	if !ix.Unique {
		k = key.Append(k, e.value)
	}
	if values == nil || !bytes.Equal(k, e.key) {
		w.find(e.place, Wrong, to)
	}
	return nil
}

func (t *Table[M]) indexOrNil(name string) *Index[M] {
	for i := range t.spec.Indexes {
		if t.spec.Indexes[i].Name == name {
			return &t.spec.Indexes[i]
		}
	}
	return nil
}

// placeOfRow is where a table's row stands; nil when the key is no such row's.
func placeOfRow(row []byte, table string) *place {
	if p, ok := placeOf(row); ok && p.table == table && p.part == "" {
		return &p
	}
	return nil
}

// withoutLast is a tuple without its last part.
func withoutLast(tuple []byte) []byte {
	for rest := tuple; len(rest) > 0; {
		_, next, err := key.Cut(rest)
		if err != nil {
			return tuple
		}
		if len(next) == 0 {
			return tuple[:len(tuple)-len(rest)]
		}
		rest = next
	}
	return tuple
}
