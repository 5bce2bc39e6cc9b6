package table

import (
	"errors"
	"iter"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// Page says which rows of a scope to yield. The zero Page is all of them.
type Page struct {
	// After is the Position of the last row before the page; nil starts at the first.
	After []byte
	// Reverse yields the last row first.
	Reverse bool
	// Skip passes over so many rows first. That costs little a row, but grows with their
	// number; Each takes none.
	Skip int
	// Limit ends the page after so many rows; 0 is no limit.
	Limit int
}

// All yields the rows of a scope in the order of their primary keys. Its cost does not
// depend on how deep a page lies, but for what the page skips.
func (t *Table[M]) All(tx kv.Reader, s Scope, p Page) iter.Seq2[M, error] { return t.Below(tx, s, p) }

// Below is All for the rows whose primary keys begin with parts: a parent's, where those of
// its children begin with its id.
func (t *Table[M]) Below(tx kv.Reader, s Scope, p Page, parts ...any) iter.Seq2[M, error] {
	base := s.key(t.spec.Name)
	r := kv.Prefix(key.Append(base, parts...))
	r.Reverse = p.Reverse
	if p.After != nil {
		after := append(base[:len(base):len(base)], p.After...)
		if p.Reverse {
			r.End = after
		} else {
			r.Start = append(after, 0)
		}
	}
	return func(yield func(M, error) bool) {
		var none M
		now, left := time.Now(), p.Limit
		skip, err := t.skip(tx, &r, p.Skip, now)
		if err != nil {
			yield(none, err)
			return
		}
		if t.spec.Expires == nil {
			r.Limit = p.Limit
		}
		for e, err := range tx.Scan(r) {
			m, err := t.decode(e.Value, err)
			if err == nil && t.expired(m, now) {
				continue
			}
			if skip--; err == nil && skip >= 0 {
				continue
			}
			if !yield(m, err) || err != nil {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// Each yields the rows that a multi-valued index has under values, in the order of
// their primary keys. Its cost does not depend on how deep a page lies.
func (t *Table[M]) Each(tx kv.Reader, s Scope, p Page, index string, values ...string) iter.Seq2[M, error] {
	prefix := t.indexKey(s, t.index(index), values)
	r := kv.Prefix(prefix)
	r.Reverse = p.Reverse
	if p.After != nil {
		after := key.Append(prefix, append(s.key(t.spec.Name), p.After...))
		if p.Reverse {
			r.End = after
		} else {
			r.Start = append(after, 0)
		}
	}
	return func(yield func(M, error) bool) {
		left := p.Limit
		for e, err := range tx.Scan(r) {
			var m M
			if err == nil {
				m, err = t.read(tx, e.Value)
			}
			if errors.Is(err, kv.ErrNotFound) {
				continue // ended, not yet swept
			}
			if !yield(m, err) || err != nil {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// Under returns how many rows a multi-valued index has under values, those included
// that have ended and are not swept yet. Its cost grows with their number.
func (t *Table[M]) Under(tx kv.Reader, s Scope, index string, values ...string) (n int64, err error) {
	return t.UnderUpTo(tx, s, 0, index, values...)
}

// UnderUpTo is Under that ends counting at most; 0 is no limit.
func (t *Table[M]) UnderUpTo(tx kv.Reader, s Scope, most int, index string, values ...string) (n int64, err error) {
	return countKeys(tx, kv.Prefix(t.indexKey(s, t.index(index), values)), most)
}

// CountBelow returns how many rows Below yields, those included that have ended and are not
// swept yet. Its cost grows with their number.
func (t *Table[M]) CountBelow(tx kv.Reader, s Scope, parts ...any) (n int64, err error) {
	return countKeys(tx, kv.Prefix(key.Append(s.key(t.spec.Name), parts...)), 0)
}

func countKeys(tx kv.Reader, r kv.Range, most int) (n int64, err error) {
	r.KeysOnly, r.Limit = true, most
	for _, err := range tx.Scan(r) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// pageBytes ends a page early, so that large rows neither fill memory nor outgrow a
// message. A page has one row at least.
const pageBytes = 2 << 20

// Take collects up to size rows, fewer when they are large, and the Position that the
// rest comes after; nil when there is no more.
func (t *Table[M]) Take(rows iter.Seq2[M, error], size int) (taken []M, next []byte, err error) {
	var last M
	bytes := 0
	for m, err := range rows {
		if err != nil {
			return nil, nil, err
		}
		if bytes += proto.Size(m); len(taken) == size || len(taken) > 0 && bytes > pageBytes {
			return taken, t.Position(last), nil
		}
		taken, last = append(taken, m), m
	}
	return taken, nil, nil
}

// Position is what Page.After takes to go on after m.
func (t *Table[M]) Position(m M) []byte { return key.New(t.spec.ID(m)...) }
