package memo

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"
)

// errUnfinished is the answer of a load that ended its goroutine.
var errUnfinished = errors.New("memo: a load did not return")

// flight is a load under way.
type flight[V any] struct {
	// done is closed when answer and err are there.
	done   chan struct{}
	answer Answer[V]
	err    error
	// forgotten are the groups dropped since it took off. To which it belongs is not known
	// before it lands. The shard's lock guards it until then.
	forgotten []string
}

// seat is what a caller is told when it joins a flight.
type seat struct {
	// taken off by this caller, who has to fly it.
	taken bool
	// forgotten is how many groups were dropped before the caller joined.
	forgotten int
}

// staleFor tells whether the answer is too old for one who joined after so many groups
// were dropped. The flight has landed.
func (f *flight[V]) staleFor(forgotten int) bool {
	return slices.Contains(f.forgotten[:forgotten], f.answer.Group)
}

// fly runs load and gives its answer to all who wait.
func (c *Cache[K, V]) fly(ctx context.Context, s *shard[K, V], k K, f *flight[V], load func(context.Context) (Answer[V], error)) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	asked := time.Now()
	f.err = errUnfinished
	defer func() {
		if r := recover(); r != nil {
			// Here a panic would end the process, and not just the calls that wait.
			f.err = fmt.Errorf("memo: a load panicked: %v\n%s", r, debug.Stack())
		}
		s.land(k, f, c.until(f.answer, asked))
		close(f.done)
	}()
	f.answer, f.err = load(ctx)
}
