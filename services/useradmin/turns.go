package useradmin

import (
	"context"
	"sync"
	"time"

	"github.com/holdplane/holdplane/pkg/fault"
)

// maxWaiting is how many logins of one account wait for each other in a process, turnPatience
// how long: whoever waits longer had better come again than be cut off at work.
const (
	maxWaiting   = 64
	turnPatience = 4 * time.Second
)

// reasonBusy is the reason of faults for logins to be tried again.
const reasonBusy = "LOGINS_BUSY"

// errBusy tells nothing of an account: those that don't exist are waited for as well.
var errBusy error = fault.ResourceExhausted(reasonBusy, "too many logins with this name are under way; try again")

// turns has the logins of one account take place one after the other. Otherwise right
// passwords that many clients send at once would have to be counted as if they were wrong.
type turns struct {
	mu sync.Mutex
	of map[string]*turn
}

// turn is an account's: its seat is taken while a login is at work.
type turn struct {
	seat    chan struct{}
	callers int
}

// take waits for an account's turn, which lasts until leave is called. Errors are errBusy and
// the context's.
func (t *turns) take(ctx context.Context, account string) (leave func(), err error) {
	own, err := t.join(account)
	if err != nil {
		return nil, err
	}
	patience := time.NewTimer(turnPatience)
	defer patience.Stop()
	select {
	case own.seat <- struct{}{}:
		return func() { <-own.seat; t.part(account, own) }, nil
	case <-patience.C:
		err = errBusy
	case <-ctx.Done():
		err = ctx.Err()
	}
	t.part(account, own)
	return nil, err
}

func (t *turns) join(account string) (*turn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.of[account]
	if own == nil {
		own = &turn{seat: make(chan struct{}, 1)}
		t.of[account] = own
	}
	if own.callers > maxWaiting {
		return nil, errBusy
	}
	own.callers++
	return own, nil
}

func (t *turns) part(account string, own *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if own.callers--; own.callers == 0 {
		delete(t.of, account)
	}
}
