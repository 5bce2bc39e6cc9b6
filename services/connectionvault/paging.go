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

// maxLooks is how many rows are looked at for a page. Where few are wanted it may have fewer
// than there is room for, or none, and yet a next one.
const maxLooks = 20_000

// readPage reads a page of rows: scan yields those of a list after a position, in its order or,
// for the page before, against it. wanted leaves rows out; nil for none.
func readPage[M proto.Message](t *table.Table[M], r asksPage, position []byte, way byte, reverse bool,
	scan func(table.Page) iter.Seq2[M, error], wanted func(M) bool,
) (l leaf[M], err error) {
	size := cmp.Or(int(r.GetLimit()), pageSize)
	var nearest, farthest M
	more, seen := false, 0
	for m, err := range scan(table.Page{After: position, Reverse: reverse != (way == backward)}) {
		if err != nil {
			return leaf[M]{}, err
		}
		fits := wanted == nil || wanted(m)
		if more = fits && len(l.rows) == size || seen == maxLooks; more {
			break
		}
		if seen++; seen == 1 {
			nearest = m
		}
		farthest = m
		if fits {
			l.rows = append(l.rows, m)
		}
	}
	if seen == 0 {
		return l, nil
	}
	first, end := t.Position(nearest), t.Position(farthest)
	if way == backward {
		slices.Reverse(l.rows)
		first, end = end, first
	}
	if way == backward || more {
		l.next = end
	}
	if way == backward && more || way == onward && position != nil {
		l.previous = first
	}
	return l, nil
}
