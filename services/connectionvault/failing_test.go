package connectionvault_test

import (
	"context"
	"sync/atomic"

	"github.com/holdplane/holdplane/pkg/kv"
)

// failing is a store that a process loses its way to.
type failing struct {
	kv.Store
	dead atomic.Bool
	// stopped is what an Update waits for, once; nil for nothing.
	stopped atomic.Pointer[chan struct{}]
	// busy Updates fail for now.
	busy atomic.Int64
}

func (f *failing) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if f.dead.Load() {
		return kv.ErrClosed
	}
	if stopped := f.stopped.Swap(nil); stopped != nil {
		<-*stopped
	}
	if f.busy.Add(-1) >= 0 {
		return kv.ErrUnavailable
	}
	return f.Store.Update(ctx, fn)
}

func (f *failing) View(ctx context.Context, fn func(kv.Reader) error) error {
	if f.dead.Load() {
		return kv.ErrClosed
	}
	return f.Store.View(ctx, fn)
}
