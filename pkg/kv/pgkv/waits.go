package pgkv

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// patience is how long a call waits for others that are in its way.
const patience = 10 * time.Second

var errPatience = errors.New("pgkv: patience is over")

// waits are the pauses between a call's attempts: they grow, and are random, so that those
// who met don't meet again.
type waits struct {
	ctx   context.Context
	late  time.Time
	pause backoff.ExponentialBackOff
}

func newWaits(ctx context.Context) *waits {
	w := &waits{ctx: ctx, late: time.Now().Add(patience), pause: backoff.ExponentialBackOff{
		InitialInterval: 2 * time.Millisecond, MaxInterval: 100 * time.Millisecond, Multiplier: 2, RandomizationFactor: 0.5,
	}}
	w.pause.Reset()
	return w
}

// next waits. Its error is the context's, or errPatience.
func (w *waits) next() error {
	d := w.pause.NextBackOff()
	if time.Now().Add(d).After(w.late) {
		return errPatience
	}
	select {
	case <-time.After(d):
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
}
