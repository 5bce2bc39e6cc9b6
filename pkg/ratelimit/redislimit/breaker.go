package redislimit

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// patience is how many failures in a row open a breaker.
	patience = 5
	// probeEvery is how often an open one looks whether it may close. go-redis itself
	// dials once a second after long failure, and counting is to be shared again within 2.
	probeEvery = 250 * time.Millisecond
)

// breaker keeps checks from waiting for a server that does not answer.
type breaker struct {
	opened atomic.Bool
	// probe returns nil once checks may be sent. It is given the key that failed last.
	probe func(ctx context.Context, key string) error
	// changed is told of every change.
	changed func(open bool, cause error)
	// life ends the probing; running is waited for after that.
	life    context.Context
	running *sync.WaitGroup

	failures atomic.Int64
	key      atomic.Pointer[string]
}

func (b *breaker) open() bool { return b.opened.Load() }

// heard notes how a call ended.
func (b *breaker) heard(key string, err error) {
	if err == nil {
		if b.failures.Load() != 0 {
			b.failures.Store(0)
		}
		return
	}
	b.key.Store(&key)
	if b.failures.Add(1) < patience || b.life.Err() != nil || !b.opened.CompareAndSwap(false, true) {
		return
	}
	b.changed(true, err)
	b.running.Go(b.recover)
}

// recover closes the breaker once the server works.
func (b *breaker) recover() {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		select {
		case <-b.life.Done():
			return
		case <-tick.C:
		}
		if b.probe(b.life, *b.key.Load()) == nil {
			break
		}
	}
	b.failures.Store(0)
	b.opened.Store(false)
	b.changed(false, nil)
}
