package main

import (
	"context"
	"time"

	"github.com/holdplane/holdplane/bench/load"
	"github.com/holdplane/holdplane/bench/ratio"
)

// target is a server under one kind of request.
type target struct {
	server *server
	next   func(client int) []byte
}

// load sends to the target from many clients for a round.
func (b *bench) load(ctx context.Context, t target, many int) (load.Result, error) {
	return load.Load{
		Addr: t.server.addr, Clients: many, Next: t.next, Warm: warm, For: b.round, CPU: t.server.cpu,
	}.Run(ctx)
}

// series collects what the rounds of one target give.
type series struct{ cpu, rate, p50, p99 ratio.Series }

func (s *series) add(r load.Result) {
	s.cpu = append(s.cpu, r.CPUPerOp())
	s.rate = append(s.rate, r.PerSecond())
	s.p50 = append(s.p50, milliseconds(r.P50))
	s.p99 = append(s.p99, milliseconds(r.P99))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// roundOf measures a target into a series.
func (b *bench) roundOf(ctx context.Context, t target, many int, into *series) func() error {
	return func() error {
		r, err := b.load(ctx, t, many)
		if err == nil {
			into.add(r)
		}
		return err
	}
}

// compare measures two targets in alternating rounds and profiles ours afterwards.
func (b *bench) compare(ctx context.Context, what string, ours, floor target, goal ratio.Goal) error {
	var us, them series
	if err := b.alternate(b.roundOf(ctx, ours, clients, &us), b.roundOf(ctx, floor, clients, &them)); err != nil {
		return err
	}
	b.report.add(row{What: what + ", CPU", Unit: "us", Ours: us.cpu, Floor: them.cpu, Goal: goal})
	b.report.add(row{What: what + ", requests/s", Ours: us.rate, Floor: them.rate})
	b.report.add(row{What: what + ", p50", Unit: "ms", Ours: us.p50, Floor: them.p50})
	b.report.add(row{What: what + ", p99", Unit: "ms", Ours: us.p99, Floor: them.p99})
	if err := b.addAllocations(ctx, what, ours); err != nil {
		return err
	}
	return b.profileLoad(ctx, what, ours)
}

// request is a whole GET request.
func request(path, key string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + key + "\r\n\r\n")
}

// always sends the same request.
func always(r []byte) func(int) []byte { return func(int) []byte { return r } }

// inTurn sends each client through all requests, from a start of its own.
func inTurn(requests [][]byte) func(client int) []byte {
	at := make([]struct {
		next int
		_    [56]byte // a cache line for each client
	}, clients)
	for i := range at {
		at[i].next = i * len(requests) / clients
	}
	return func(client int) []byte {
		c := &at[client]
		c.next++
		return requests[c.next%len(requests)]
	}
}
