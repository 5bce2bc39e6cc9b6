package secretcontainer

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/semaphore"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
)

// rowID is a UUID in little room.
type rowID [16]byte

func parseRowID(text string) (id rowID, err error) {
	if _, err := hex.Decode(id[:], []byte(strings.ReplaceAll(text, "-", ""))); err != nil || !uuid.MatchString(text) {
		return id, fmt.Errorf("a row's id is no UUID: %q", text)
	}
	return id, nil
}

// String returns the UUID.
func (id rowID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// ranked is a consumer in an order. Ids ascend with time.
type ranked struct {
	name string
	id   rowID
}

func (r ranked) compare(than ranked) int {
	return cmp.Or(cmp.Compare(r.name, than.name), slices.Compare(r.id[:], than.id[:]))
}

// orderBounds is what the orders of containers may take.
type orderBounds struct {
	kept    int // rows of all that are kept, 16 bytes each
	largest int // rows of one that is kept
	window  int // rows of one that is not kept, held at once with their names
}

// defaultBounds keep 64 MiB at most, and hold less than 200 MiB while orders are found,
// however many are asked for.
var defaultBounds = orderBounds{kept: 4 << 20, largest: 1 << 20, window: 1 << 18}

// consumerOrder finds pages of containers' consumers by their names, which are sealed. The
// order of a container's is found once, by reading all, and kept while the container stays
// unchanged.
type consumerOrder struct {
	bounds orderBounds
	// room is for what is held to find orders, in rows.
	room *semaphore.Weighted

	mu      sync.Mutex
	kept    keptOrders
	finding map[version]*search
}

// version is a container at a time. Its consumers never change in a version.
type version struct {
	container string
	n         int64
}

// search is an order being found. What it has found is there when done is closed.
type search struct {
	done chan struct{}
	ids  []rowID
	err  error
}

func newConsumerOrder(b orderBounds) *consumerOrder {
	return &consumerOrder{
		bounds: b, room: semaphore.NewWeighted(int64(b.largest)),
		kept: keptOrders{most: b.kept, by: map[string]*keptOrder{}}, finding: map[version]*search{},
	}
}

// page returns the ids of up to limit consumers from an offset on. The container was read in tx.
func (o *consumerOrder) page(ctx context.Context, t *tables, tx kv.Reader, m *storev1.SecretContainer, offset, limit int) ([]rowID, error) {
	if m.GetConsumers() > int64(o.bounds.largest) {
		return o.pick(ctx, t, tx, m, offset, limit)
	}
	ids, err := o.whole(ctx, version{m.GetId(), m.GetVersion()}, func() ([]rowID, error) { return o.find(ctx, t, tx, m) })
	if err != nil {
		return nil, err
	}
	first := min(offset, len(ids))
	return ids[first:min(first+limit, len(ids))], nil
}

// whole returns the order of a version: a kept one, or the one that another caller finds just
// now, or what find finds. One who waits for another finds it itself if that one fails, which may
// be its going away alone.
func (o *consumerOrder) whole(ctx context.Context, v version, find func() ([]rowID, error)) ([]rowID, error) {
	for {
		ids, s, first := o.join(v)
		switch {
		case ids != nil:
			return ids, nil
		case first:
			defer o.end(v, s)
			s.ids, s.err = find()
			return s.ids, s.err
		}
		select {
		case <-s.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if s.err == nil {
			return s.ids, nil
		}
	}
}

// join returns a kept order, or a search under way, or one that the caller is the first of.
func (o *consumerOrder) join(v version) (ids []rowID, s *search, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ids := o.kept.get(v); ids != nil {
		return ids, nil, false
	}
	if s, ok := o.finding[v]; ok {
		return nil, s, false
	}
	s = &search{done: make(chan struct{}), err: errUnfinished}
	o.finding[v] = s
	return nil, s, true
}

// end tells those who wait, and keeps what was found.
func (o *consumerOrder) end(v version, s *search) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.finding, v)
	if s.err == nil {
		o.kept.put(v, s.ids)
	}
	close(s.done)
}
