package table

import (
	"errors"
	"fmt"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// A scope's count is checked once: at the first of its rows or, where it has none, at its
// folded count or, where that is missing too, at its first mark.

// verifyRows checks the count of a scope at its first row.
func (t *Table[M]) verifyRows(w *walk, e entry) error {
	if !t.spec.Counted {
		return nil
	}
	first, err := w.isFirst(e.key, e.scope.key(t.spec.Name))
	if err != nil || !first {
		return err
	}
	return t.verifyCount(w, e.place)
}

// verifyFolded comes to the folded count of a scope.
func (t *Table[M]) verifyFolded(w *walk, e entry) error {
	if !t.spec.Counted || len(e.rest) > 0 {
		w.find(e.place, Unknown, "no count is kept")
		return nil
	}
	rows, err := w.has(kv.Prefix(e.scope.key(t.spec.Name)))
	if err != nil || rows {
		return err
	}
	return t.verifyCount(w, e.place)
}

// checkMark comes to a mark that is not folded yet.
func (w *walk) checkMark(e entry) error {
	parts, err := key.Parse(e.rest)
	name, scope := "", Scope{}
	if err == nil && len(parts) == 4 {
		name, _ = parts[0].(string)
		text, _ := parts[1].(string)
		scope.prefix = []byte(text)
	}
	t := w.set.named(name)
	p, ok := placeOf(scope.key(name))
	if t == nil || !ok || !t.counted() {
		w.find(e.place, Unknown, "mark of no count")
		return nil
	}
	if first, err := w.isFirst(e.key, Global.key(countPart, name, scope.prefix)); err != nil || !first {
		return err
	}
	for _, r := range []kv.Range{kv.Prefix(scope.key(name)), only(scope.key(name + "/" + countPart))} {
		if there, err := w.has(r); err != nil || there {
			return err
		}
	}
	return t.verifyCount(w, p)
}

func (t *Table[M]) counted() bool { return t.spec.Counted }

// verifyCount compares the count of a scope with its rows.
func (t *Table[M]) verifyCount(w *walk, p place) error {
	p.rest = nil
	n, err := folded(w, t.foldedKey(p.scope))
	switch {
	case unreadable(err):
		return nil // found where it is
	case errors.Is(err, errMalformedCount):
		w.find(p, Damaged, countPart)
		return nil
	case err != nil:
		return err
	}
	marks, err := sum(w, Global.key(countPart, t.spec.Name, p.scope.prefix), signOf)
	if err != nil {
		return err
	}
	rows, err := sum(w, p.scope.key(t.spec.Name), func([]byte) int64 { return 1 })
	if err == nil && n+marks != rows {
		w.find(p, Miscounted, fmt.Sprintf("counts %d, has %d", n+marks, rows))
	}
	return err
}
