package boltkv

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/holdplane/holdplane/pkg/kv"
)

const (
	maxWaiting = 4096 // transactions; more are refused, so that memory and delay are bounded
	maxGroup   = 1024 // transactions in one commit
)

// call is one Update on its way to the writer and back.
type call struct {
	ctx  context.Context
	fn   func(kv.Writer) error
	err  error         // fn's, or the store's
	done chan struct{} // holds one token: the writer never waits for a caller

	mu   sync.Mutex // held while fn runs
	gone bool       // the caller has left: what fn refers to is no longer its own
}

func newCall() any { return &call{done: make(chan struct{}, 1)} }

// leave makes sure that fn isn't running and will not run, since it works on the
// caller's variables.
func (c *call) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
}

// run runs fn, unless its caller has given up.
func (c *call) run(tx kv.Writer) (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return context.Canceled // nobody reads it
	}
	if err := c.ctx.Err(); err != nil {
		return err
	}
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{value: v, stack: debug.Stack()}
		}
	}()
	return c.fn(tx)
}

func (c *call) answer(err error) {
	c.err = err
	c.done <- struct{}{}
}

// panicked carries a panic from the writer's goroutine to the caller's.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string {
	return fmt.Sprintf("panic in a transaction: %v\n\n%s", p.value, p.stack)
}

// Stack is that of the panic, not of who reports it.
func (p *panicked) Stack() []byte { return p.stack }

func (p *panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// queue holds the calls that wait for the writer.
type queue struct {
	mu      sync.Mutex
	filled  sync.Cond
	waiting []*call
	refusal error // why no more calls are taken
}

func (q *queue) push(c *call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refusal != nil {
		return q.refusal
	}
	if len(q.waiting) >= maxWaiting {
		return kv.ErrBusy
	}
	q.waiting = append(q.waiting, c)
	q.filled.Signal()
	return nil
}

// pull adds waiting calls to a group. It waits for the first call of a group, unless no
// more will come.
func (q *queue) pull(group []*call) []*call {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && len(group) == 0 && q.refusal == nil {
		q.filled.Wait()
	}
	n := min(len(q.waiting), maxGroup-len(group))
	group = append(group, q.waiting[:n]...)
	rest := copy(q.waiting, q.waiting[n:])
	clear(q.waiting[rest:])
	q.waiting = q.waiting[:rest]
	return group
}

// shut refuses all further calls. Those that wait stay.
func (q *queue) shut(refusal error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refusal = refusal
	q.filled.Signal()
}

func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
