package floor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/holdplane/holdplane/bench/load"
)

// measure runs op from so many goroutines for a while. cpu is the processor time that is
// used by it so far.
func measure(ctx context.Context, d time.Duration, writers int, cpu func() (time.Duration, error), op func() error) (load.Result, error) {
	var mu sync.Mutex
	var all []time.Duration
	before, err := cpu()
	if err != nil {
		return load.Result{}, err
	}
	start := time.Now()
	work, ctx := errgroup.WithContext(ctx)
	for range writers {
		work.Go(func() error {
			took, err := repeat(ctx, start.Add(d), op)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return load.Result{}, err
	}
	elapsed := time.Since(start)
	after, err := cpu()
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("nothing was written in %v", d)
	}
	if err != nil {
		return load.Result{}, err
	}
	slices.Sort(all)
	return load.Result{
		Ops: len(all), Elapsed: elapsed, CPU: after - before,
		P50: all[len(all)/2], P99: all[len(all)*99/100],
	}, nil
}

// repeat returns how long each op took until end.
func repeat(ctx context.Context, end time.Time, op func() error) ([]time.Duration, error) {
	var took []time.Duration
	for start := time.Now(); start.Before(end); start = time.Now() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := op(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}
