// Package outbox does work after the commit that asked for it, at least once, also
// across crashes: a message is queued in the transaction, and a worker hands it to its
// topic's handler until that succeeds.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// Handler does the work of one message. It may get a message again after an error, a
// crash or a lapsed lease, so doing it twice must do no harm. An *Again says when.
type Handler func(ctx context.Context, payload []byte) error

const (
	// lease is how long a worker has a message to itself; urgent ones wait less for those of
	// a process that died.
	lease, urgentLease = time.Minute, 3 * time.Second
	// poll is how often due messages are looked for when nobody rings.
	poll = time.Second
	// maxWait is the longest pause between two tries.
	maxWait, urgentWait = time.Minute, time.Second
	// atOnce and parallel bound what is read in a round, and delivered side by side.
	atOnce   = 128
	parallel = 8
)

// Outbox is a store's queue.
type Outbox struct {
	messages       *table.Table[*storev1.OutboxMessage]
	bell           chan struct{}
	lease, maxWait time.Duration
}

// New returns the outbox of the store that blind belongs to.
func New(blind table.Blinder) *Outbox { return Named("outbox", blind) }

// Named returns a further outbox of a store, with a table of this name. Deliveries of one
// outbox wait for each other when there are many: work on servers that may hang has its own.
func Named(name string, blind table.Blinder) *Outbox {
	return &Outbox{
		bell: make(chan struct{}, 1), lease: lease, maxWait: maxWait,
		messages: table.New(table.Spec[*storev1.OutboxMessage]{
			Name: name,
			// Ordered by time due, so that a worker reads nothing that is not.
			ID: func(m *storev1.OutboxMessage) []any { return place(m) },
		}, blind),
	}
}

// Urgent is a further outbox for work that others rely on within seconds: whether the
// process dies that does it, or the server is away that it needs, it is tried again 3 seconds
// later at most. A delivery has 2 seconds.
func Urgent(name string, blind table.Blinder) *Outbox {
	o := Named(name, blind)
	o.lease, o.maxWait = urgentLease, urgentWait
	return o
}

// Table is the queue's table, for the store's table.Set.
func (o *Outbox) Table() *table.Table[*storev1.OutboxMessage] { return o.messages }

// Queue adds a message; it is delivered if and when tx commits.
func (o *Outbox) Queue(tx kv.Writer, m Message) error {
	return o.messages.Insert(tx, table.Global, m.row)
}

// Ring tells the worker of this process that a commit has queued something.
func (o *Outbox) Ring() {
	select {
	case o.bell <- struct{}{}:
	default:
	}
}

// Run delivers messages until ctx ends or the store is over; after any other error it
// goes on at the next tick. Several processes may run on one store: each message is
// leased to one at a time.
func (o *Outbox) Run(ctx context.Context, store kv.Store, handlers map[string]Handler, log *slog.Logger) error {
	workers, working := errgroup.WithContext(ctx)
	workers.SetLimit(parallel + 1)
	workers.Go(func() error {
		return o.feed(working, store, log, func(m *storev1.OutboxMessage) {
			workers.Go(func() error { return endOnly(working, o.work(working, store, m, handlers, log), log) })
		})
	})
	if err := workers.Wait(); ctx.Err() == nil {
		return err
	}
	return nil
}

// feed hands what is due to start, which waits for a free worker. It does not wait for
// the deliveries: a slow one delays no other. What is seen again before its worker has
// taken it is handed out twice, and taken once.
func (o *Outbox) feed(ctx context.Context, store kv.Store, log *slog.Logger, start func(*storev1.OutboxMessage)) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		due, err := o.due(ctx, store)
		if err := endOnly(ctx, err, log); err != nil {
			return err
		}
		for _, m := range due {
			start(m)
		}
		if len(due) == atOnce {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-o.bell:
		}
	}
}

// endOnly lets the end of a store pass and logs every other trouble with it: messages
// wait, and leases lapse by themselves.
func endOnly(ctx context.Context, err error, log *slog.Logger) error {
	if err == nil || ctx.Err() != nil || kv.Over(err) {
		return err
	}
	log.WarnContext(ctx, "outbox can't use its store", "error", err)
	return nil
}

// work takes one message, delivers it and settles the outcome.
func (o *Outbox) work(ctx context.Context, store kv.Store, m *storev1.OutboxMessage, handlers map[string]Handler, log *slog.Logger) error {
	taken, err := o.take(ctx, store, m)
	if err != nil || taken == nil {
		return err
	}
	failure := fmt.Errorf("no handler for topic %s", m.GetTopic())
	if handle, ok := handlers[m.GetTopic()]; ok {
		failure = deliver(ctx, o.lease*3/4, handle, m.GetPayload())
	}
	if ctx.Err() != nil {
		return nil // the lease lapses by itself
	}
	if failure != nil && !waits(failure) {
		log.WarnContext(ctx, "outbox delivery failed", "topic", m.GetTopic(), "attempts", taken.GetAttempts(), "error", failure)
	}
	return o.settle(ctx, store, taken, failure)
}

// deliver gives the handler less time than the lease has. A handler that panics has
// failed; ending the process would only bring the message, and the panic, back.
func deliver(ctx context.Context, patience time.Duration, handle Handler, payload []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("handler panicked: %T\n%s", p, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return handle(ctx, payload)
}

// due returns a bounded number of messages whose time has come.
func (o *Outbox) due(ctx context.Context, store kv.Store) (due []*storev1.OutboxMessage, err error) {
	now := time.Now().UnixMilli()
	err = store.View(ctx, func(tx kv.Reader) error {
		for m, err := range o.messages.All(tx, table.Global, table.Page{}) {
			if err != nil {
				return err
			}
			if m.GetDueAtMs() > now || len(due) == atOnce {
				return nil
			}
			due = append(due, m)
		}
		return nil
	})
	return due, err
}

// take leases a message; it is nil when another worker was faster.
func (o *Outbox) take(ctx context.Context, store kv.Store, seen *storev1.OutboxMessage) (*storev1.OutboxMessage, error) {
	taken := proto.CloneOf(seen)
	taken.DueAtMs, taken.Attempts = time.Now().Add(o.lease).UnixMilli(), seen.GetAttempts()+1
	moved, err := o.move(ctx, store, seen, taken)
	if !moved {
		taken = nil
	}
	return taken, err
}

// settle deletes a delivered message, and gives a failed one a later time. When the
// lease has lapsed and another worker has the message, it is left alone.
func (o *Outbox) settle(ctx context.Context, store kv.Store, m *storev1.OutboxMessage, failure error) error {
	var again *storev1.OutboxMessage
	if failure != nil {
		again = retry(m, failure, o.maxWait)
	}
	_, err := o.move(ctx, store, m, again)
	return err
}

// move puts next, unless it is nil, in the place of a message that is still where it
// was seen.
func (o *Outbox) move(ctx context.Context, store kv.Store, seen, next *storev1.OutboxMessage) (moved bool, err error) {
	err = store.Update(ctx, func(tx kv.Writer) error {
		moved = false
		now, err := o.messages.Get(tx, table.Global, place(seen)...)
		if errors.Is(err, kv.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := o.messages.Delete(tx, table.Global, now); err != nil {
			return err
		}
		moved = true
		if next == nil {
			return nil
		}
		return o.messages.Insert(tx, table.Global, next)
	})
	return moved, err
}

func place(m *storev1.OutboxMessage) []any { return []any{uint64(m.GetDueAtMs()), m.GetId()} }

// pause grows with the tries: half a second, then half as much again, with jitter.
func pause(attempts int32, longest time.Duration) time.Duration {
	b := backoff.NewExponentialBackOff()
	b.MaxInterval = longest
	d := b.NextBackOff()
	for range min(attempts-1, 30) {
		d = b.NextBackOff()
	}
	return d
}
