package table

import (
	"bytes"
	"errors"

	"github.com/holdplane/holdplane/pkg/kv"
)

// checkEnd comes to the end of a row's life.
func (w *walk) checkEnd(e entry) error {
	if e.value == nil {
		return nil
	}
	row, err := endedRow(e.key)
	t := w.set.named(string(e.value))
	if err != nil || t == nil {
		w.find(e.place, Unknown, "end of no row")
		return nil
	}
	return t.verifyEnd(w, e, row)
}

func (t *Table[M]) verifyEnd(w *walk, e entry, row []byte) error {
	p := placeOfRow(row, t.spec.Name)
	if p == nil {
		w.find(e.place, Wrong, "end of no row of table "+t.spec.Name)
		return nil
	}
	value, err := w.read(row)
	if errors.Is(err, kv.ErrNotFound) {
		w.find(*p, Dangling, "end of life")
		return nil
	}
	if err != nil || value == nil {
		return err
	}
	if m, err := t.decode(value, nil); err == nil && !bytes.Equal(t.expiryKey(row, m), e.key) {
		w.find(*p, Wrong, "end of life")
	}
	return nil
}
