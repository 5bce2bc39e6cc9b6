package load

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Calls is a Load of anything but HTTP: each client calls again when its last call has
// returned. All fields are required, but Warm.
type Calls struct {
	// Clients is how many call at the same time.
	Clients int
	// Call makes a client's next call. Clients are numbered from 0.
	Call func(ctx context.Context, client int) error
	// Warm is how long to call before measuring.
	Warm time.Duration
	// For is how long to measure.
	For time.Duration
	// CPU is the processor time that the measured processes have used so far.
	CPU func() (time.Duration, error)
}

var errNoCall = errors.New("no call returned while measuring")

// Run calls until Warm and For have passed. A call that fails ends it with an error.
func (c Calls) Run(ctx context.Context) (Result, error) {
	r, err := run{c.Clients, c.Warm, c.For, c.CPU}.measure(ctx, c.client)
	if err == nil && r.Ops == 0 {
		return r, errNoCall
	}
	return r, err
}

func (c Calls) client(ctx context.Context, number int, phase *atomic.Int32) ([]time.Duration, error) {
	took := make([]time.Duration, 0, 1<<12)
	for phase.Load() != over && ctx.Err() == nil {
		start := time.Now()
		if err := c.Call(ctx, number); err != nil {
			return nil, err
		}
		if phase.Load() == measuring {
			took = append(took, time.Since(start))
		}
	}
	return took, nil
}
