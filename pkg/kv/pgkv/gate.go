package pgkv

import (
	"context"
	"sync"

	"github.com/holdplane/holdplane/pkg/kv"
)

// maxCalls bounds the calls that run or wait for a connection, and so memory and delay.
const maxCalls = 4096

// gate counts calls, and lets none in once it is closed.
type gate struct {
	mu     sync.Mutex
	empty  sync.Cond
	calls  int
	closed bool
}

func (g *gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return kv.ErrClosed
	case g.calls >= maxCalls:
		return kv.ErrBusy
	}
	g.calls++
	return nil
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls--; g.calls == 0 {
		g.empty.Broadcast()
	}
}

// close waits until nobody is left.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for g.calls > 0 {
		g.empty.Wait()
	}
}

func (g *gate) length() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls
}
