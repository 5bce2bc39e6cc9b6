package secretcontainer

import (
	"container/heap"
	"context"
	"errors"
	"slices"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
)

// errUnfinished is what those get who wait for a search that has panicked.
var errUnfinished = errors.New("the search for an order did not return")

// find reads a container's consumers and returns their order.
func (o *consumerOrder) find(ctx context.Context, t *tables, tx kv.Reader, m *storev1.SecretContainer) ([]rowID, error) {
	weight := m.GetConsumers()
	if err := o.room.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	defer o.room.Release(weight)
	all := make([]ranked, 0, weight)
	err := t.eachRanked(tx, m, func(r ranked) { all = append(all, r) })
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, ranked.compare)
	return idsOf(all), nil
}

// pick returns a page of the order of a container that has more consumers than are kept. It
// holds a window of them at a time, and reads all once a window.
func (o *consumerOrder) pick(ctx context.Context, t *tables, tx kv.Reader, m *storev1.SecretContainer, offset, limit int) (page []rowID, err error) {
	weight := int64(o.bounds.window)
	if err := o.room.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	defer o.room.Release(weight)
	var last *ranked // of the windows before
	for len(page) < limit {
		lowest := window{most: o.bounds.window}
		err := t.eachRanked(tx, m, func(r ranked) {
			if last == nil || r.compare(*last) > 0 {
				lowest.add(r)
			}
		})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(lowest.rows, ranked.compare)
		n := len(lowest.rows)
		first := min(offset, n)
		page = append(page, idsOf(lowest.rows[first:min(first+limit-len(page), n)])...)
		offset -= first
		if n < lowest.most {
			break
		}
		last = &lowest.rows[n-1]
	}
	return page, nil
}

// eachRanked calls add with each consumer of a container.
func (t *tables) eachRanked(tx kv.Reader, m *storev1.SecretContainer, add func(ranked)) error {
	for row, err := range t.consumersOf(tx, m, every) {
		if err != nil {
			return err
		}
		id, err := parseRowID(row.GetId())
		if err != nil {
			return err
		}
		add(ranked{row.GetName(), id})
	}
	return nil
}

func idsOf(all []ranked) []rowID {
	ids := make([]rowID, len(all))
	for i, r := range all {
		ids[i] = r.id
	}
	return ids
}

// window keeps the lowest of many, the highest of which is its first.
type window struct {
	most int
	rows []ranked
}

func (w *window) add(r ranked) {
	switch {
	case len(w.rows) < w.most:
		heap.Push(w, r)
	case r.compare(w.rows[0]) < 0:
		w.rows[0] = r
		heap.Fix(w, 0)
	}
}

func (w *window) Len() int           { return len(w.rows) }
func (w *window) Less(i, j int) bool { return w.rows[i].compare(w.rows[j]) > 0 }
func (w *window) Swap(i, j int)      { w.rows[i], w.rows[j] = w.rows[j], w.rows[i] }

// Push is heap.Interface's.
func (w *window) Push(r any) { w.rows = append(w.rows, r.(ranked)) }

// Pop is heap.Interface's.
func (w *window) Pop() any {
	r := w.rows[len(w.rows)-1]
	w.rows = w.rows[:len(w.rows)-1]
	return r
}
