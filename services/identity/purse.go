package identity

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// purseTime bounds a transaction that takes credits. It is longer than any call waits.
const purseTime = 15 * time.Second

// purse takes credits from keys, exactly: what is taken is on disk before it is answered,
// and no two uses get the same credit. Uses of one key that come at the same time share a
// transaction, so a hot key costs a process one write after the other, however many use
// it, and on PostgreSQL a conflict comes only from another process.
type purse struct {
	store  kv.Store
	tables *tables

	mu sync.Mutex
	// waiting are the uses for the next transaction, by id of the key. A key has an entry
	// while one is under way.
	waiting map[string][]*use
}

func newPurse(store kv.Store, t *tables) *purse {
	return &purse{store: store, tables: t, waiting: map[string][]*use{}}
}

// use is one that waits for its credits.
type use struct {
	ctx    context.Context
	cost   int64
	done   chan struct{}
	charge charge
	err    error
}

// charge is what came of a use.
type charge struct {
	// limited is false where any number of credits is left.
	limited bool
	// enough tells whether the cost was taken.
	enough bool
	// left are the credits afterwards, at least 0.
	left int64
}

// take takes a cost from a key that had limited credits a moment ago; 0 only looks. When
// ctx ends first, the credits may have been taken or not.
func (p *purse) take(ctx context.Context, of tenant.ID, key *storev1.Key, cost int64) (charge, error) {
	u := &use{ctx: ctx, cost: cost, done: make(chan struct{})}
	p.mu.Lock()
	waiting, underWay := p.waiting[key.GetId()]
	p.waiting[key.GetId()] = append(waiting, u)
	p.mu.Unlock()
	if !underWay {
		go p.serve(context.WithoutCancel(ctx), of, key)
	}
	select {
	case <-u.done:
		return u.charge, u.err
	case <-ctx.Done():
		return charge{}, ctx.Err()
	}
}

// serve works for a key until nobody waits.
func (p *purse) serve(ctx context.Context, of tenant.ID, key *storev1.Key) {
	for {
		uses := p.next(key.GetId())
		if uses == nil {
			return
		}
		if err := p.settle(ctx, of, key, uses); err != nil {
			for _, u := range uses {
				u.err = err
			}
		}
		for _, u := range uses {
			close(u.done)
		}
	}
}

func (p *purse) next(id string) []*use {
	p.mu.Lock()
	defer p.mu.Unlock()
	uses := p.waiting[id]
	if uses == nil {
		delete(p.waiting, id)
		return nil
	}
	p.waiting[id] = nil
	return uses
}

// settle reads first: a key that is used up, and a use that costs nothing, cost no write.
func (p *purse) settle(ctx context.Context, of tenant.ID, key *storev1.Key, uses []*use) (err error) {
	ctx, cancel := context.WithTimeout(ctx, purseTime)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			// Here a panic would end the process, and not just the uses that wait.
			err = fmt.Errorf("identity: taking credits panicked: %T\n%s", r, debug.Stack())
		}
	}()
	now := time.Now()
	var payers []*use
	err = p.store.View(ctx, func(tx kv.Reader) error {
		c, err := p.tables.creditsOf(tx, of, key, now)
		payers = nil
		for _, u := range uses {
			if u.look(c) && c != nil && u.cost > 0 && u.ctx.Err() == nil {
				payers = append(payers, u)
			}
		}
		return err
	})
	if err != nil || len(payers) == 0 {
		return err
	}
	return p.store.Update(ctx, func(tx kv.Writer) error {
		old, err := p.tables.credits.Get(tx, table.Of(of), key.GetId())
		if errors.Is(err, kv.ErrNotFound) { // unlimited by now, or the key is gone
			for _, u := range payers {
				u.look(nil)
			}
			return nil
		}
		if err != nil {
			return err
		}
		return p.pay(tx, of, old, proto.CloneOf(renewed(old, now)), payers)
	})
}

// pay takes from c, in order, what each can be given, and puts it in the place of old.
func (p *purse) pay(tx kv.Writer, of tenant.ID, old, c *storev1.KeyCredits, payers []*use) error {
	paid := false
	for _, u := range payers {
		if u.look(c) {
			c.Remaining -= u.cost
			u.charge.left, paid = c.GetRemaining(), true
		}
	}
	if !paid {
		return nil
	}
	return p.tables.credits.Replace(tx, table.Of(of), old, c)
}

// look tells whether credits, nil for unlimited ones, suffice.
func (u *use) look(c *storev1.KeyCredits) bool {
	u.charge = charge{limited: c != nil, enough: c == nil || u.cost <= c.GetRemaining(), left: c.GetRemaining()}
	return u.charge.enough
}
