package useradmin_test

import (
	"context"
	"sync"

	"github.com/holdplane/holdplane/pkg/mail"
)

// postbox is a mail server that fails when told to.
type postbox struct {
	mail.Box
	mu    sync.Mutex
	fails error
	hangs bool
	tries int
}

func (p *postbox) Send(ctx context.Context, m mail.Message) error {
	p.mu.Lock()
	p.tries++
	fails, hangs := p.fails, p.hangs
	p.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if fails != nil {
		return fails
	}
	return p.Box.Send(ctx, m)
}

func (p *postbox) failWith(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fails = err
}

func (p *postbox) hang() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hangs = true
}

func (p *postbox) tried() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tries
}
