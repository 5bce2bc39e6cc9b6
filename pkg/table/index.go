package table

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

func (t *Table[M]) index(name string) *Index[M] {
	i := slices.IndexFunc(t.spec.Indexes, func(ix Index[M]) bool { return ix.Name == name })
	if i < 0 {
		panic(fmt.Sprintf("table %s has no index %s", t.spec.Name, name))
	}
	return &t.spec.Indexes[i]
}

// indexKey is the whole key of a unique index, and the prefix of a multi-valued one.
// The scope is part of what is blinded, so that equal values of two tenants differ.
func (t *Table[M]) indexKey(s Scope, ix *Index[M], values []string) []byte {
	if ix.Global {
		s = Global
	}
	name := t.spec.Name + "/" + ix.Name
	if ix.Plain {
		k := s.key(name)
		for _, v := range values {
			k = key.Append(k, v)
		}
		return k
	}
	return s.key(name, t.blind.Blind(name, append([]string{string(s.prefix)}, values...)...))
}

func (t *Table[M]) addIndex(tx kv.Writer, s Scope, ix *Index[M], row []byte, m M) error {
	values := ix.Values(m)
	if values == nil {
		return nil
	}
	k := t.indexKey(s, ix, values)
	if !ix.Unique {
		return tx.Put(key.Append(k, row), row)
	}
	switch free, err := tx.Expect(k, nil); {
	case err != nil:
		return err
	case free:
		return tx.Put(k, row)
	}
	taken, err := tx.Get(k)
	if err != nil || bytes.Equal(taken, row) {
		return err
	}
	// A row that has ended still holds its values until it is swept; it gives way.
	if err := t.giveWay(tx, ix, taken); err != nil {
		return err
	}
	return tx.Put(k, row)
}

// giveWay deletes the row that holds a unique value when that row has ended.
func (t *Table[M]) giveWay(tx kv.Writer, ix *Index[M], row []byte) error {
	if t.spec.Expires != nil {
		if _, err := t.read(tx, row); errors.Is(err, kv.ErrNotFound) {
			return t.deleteRow(tx, row)
		}
	}
	return fmt.Errorf("%w: %s/%s", ErrExists, t.spec.Name, ix.Name)
}

func (t *Table[M]) dropIndex(tx kv.Writer, s Scope, ix *Index[M], row []byte, m M) error {
	values := ix.Values(m)
	if values == nil {
		return nil
	}
	k := t.indexKey(s, ix, values)
	if !ix.Unique {
		k = key.Append(k, row)
	}
	return tx.Delete(k)
}

// deleteRow removes a row by its key, ended or not.
func (t *Table[M]) deleteRow(tx kv.Writer, row []byte) error {
	m, err := t.decode(tx.Get(row))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := scopeOf(row)
	if err != nil {
		return err
	}
	return t.Delete(tx, s, m)
}

// scopeOf cuts the scope out of a row's key.
func scopeOf(row []byte) (Scope, error) {
	part, rest, err := key.Cut(row)
	if err != nil {
		return Scope{}, err
	}
	if part == tenantPart {
		if _, rest, err = key.Cut(rest); err != nil {
			return Scope{}, err
		}
	}
	return Scope{prefix: bytes.Clone(row[:len(row)-len(rest)])}, nil
}

// equal tells a present empty list of values from an absent one.
func equal(a, b []string) bool {
	return (a == nil) == (b == nil) && slices.Equal(a, b)
}
