package load

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// phases of a run.
const (
	warming int32 = iota
	measuring
	over
)

// run is what loads of every kind have in common.
type run struct {
	clients      int
	warm, length time.Duration
	cpu          func() (time.Duration, error)
}

// measure runs clients through the phases. Each returns how long its measured calls took.
func (m run) measure(ctx context.Context, client func(ctx context.Context, number int, phase *atomic.Int32) ([]time.Duration, error)) (Result, error) {
	var phase atomic.Int32
	times := make([][]time.Duration, m.clients)
	clients, ctx := errgroup.WithContext(ctx)
	for i := range m.clients {
		clients.Go(func() (err error) {
			times[i], err = client(ctx, i, &phase)
			return err
		})
	}
	r, err := m.watch(ctx, &phase)
	phase.Store(over)
	if sent := clients.Wait(); sent != nil {
		return Result{}, sent // what ended the context
	}
	if err != nil {
		return Result{}, err
	}
	all := slices.Concat(times...)
	if len(all) == 0 {
		return r, nil
	}
	slices.Sort(all)
	r.Ops, r.P50, r.P99 = len(all), all[len(all)/2], all[len(all)*99/100]
	return r, nil
}

// watch moves the phases on and reads the processor time around the measured one.
func (m run) watch(ctx context.Context, phase *atomic.Int32) (Result, error) {
	if err := wait(ctx, m.warm); err != nil {
		return Result{}, err
	}
	before, err := m.cpu()
	if err != nil {
		return Result{}, err
	}
	start := time.Now()
	phase.Store(measuring)
	if err := wait(ctx, m.length); err != nil {
		return Result{}, err
	}
	phase.Store(over)
	elapsed := time.Since(start)
	after, err := m.cpu()
	return Result{Elapsed: elapsed, CPU: after - before}, err
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
