package connectionvault

import (
	"cmp"
	"iter"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
)

// pageSize is how many rows a page has when nobody asks.
const pageSize = 20

// Ways that a cursor leads from its position.
const (
	onward   = '>'
	backward = '<'
)

// asksPage are requests for a page.
type asksPage interface {
	GetLimit() int32
	GetCursor() string
}

// leaf is a page of rows, with the positions of cursors to others; nil for none.
type leaf[M any] struct {
	rows           []M
	previous, next []byte
}

// cursors are those of a page, as answers have them.
type cursors struct{ previous, current, next string }

// cursor reads where a page starts, and which way it goes.
func (s *Service) cursor(list page.Scope, r asksPage) (position []byte, way byte, err error) {
	raw, err := s.deps.Cursors.Decode(list, r.GetCursor())
	if err != nil || len(raw) == 0 {
		return nil, onward, err
	}
	return raw[1:], raw[0], nil
}

// cursors makes those of a page.
func (s *Service) cursors(list page.Scope, r asksPage, previous, next []byte) (c cursors, err error) {
	c.current = r.GetCursor()
	if c.previous, err = s.deps.Cursors.Encode(list, led(backward, previous)); err != nil {
		return cursors{}, err
	}
	c.next, err = s.deps.Cursors.Encode(list, led(onward, next))
	return c, err
}

func led(way byte, position []byte) []byte {
	if position == nil {
		return nil
	}
	return append([]byte{way}, position...)
}

// turn reads a page of rows: scan yields those of a list after a position, in its order or,
// for the page before, against it. wanted leaves rows out; nil for none.
func turn[M proto.Message](t *table.Table[M], r asksPage, position []byte, way byte, reverse bool,
	scan func(table.Page) iter.Seq2[M, error], wanted func(M) bool,
) (l leaf[M], err error) {
	size := cmp.Or(int(r.GetLimit()), pageSize)
	more := false
	for m, err := range scan(table.Page{After: position, Reverse: reverse != (way == backward)}) {
		if err != nil {
			return leaf[M]{}, err
		}
		if wanted != nil && !wanted(m) {
			continue
		}
		if len(l.rows) == size {
			more = true
			break
		}
		l.rows = append(l.rows, m)
	}
	if len(l.rows) == 0 {
		return l, nil
	}
	if way == backward {
		slices.Reverse(l.rows)
	}
	if way == backward || more {
		l.next = t.Position(l.rows[len(l.rows)-1])
	}
	if way == backward && more || way == onward && position != nil {
		l.previous = t.Position(l.rows[0])
	}
	return l, nil
}
