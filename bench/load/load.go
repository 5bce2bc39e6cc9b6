// Package load sends requests over bare HTTP/1.1 connections: each client its next one
// when the last is answered. net/http's own client would cost more than some servers.
package load

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// patience is how long a client waits for one answer.
const patience = 10 * time.Second

// Load is what to send where. All fields are required, but Warm.
type Load struct {
	// Addr is host:port of the server.
	Addr string
	// Clients is how many connections send at the same time.
	Clients int
	// Next returns a whole request for a client, numbered from 0. It is called by one
	// goroutine per client, and may return the same bytes again.
	Next func(client int) []byte
	// Warm is how long to send before measuring.
	Warm time.Duration
	// For is how long to measure.
	For time.Duration
	// CPU is the processor time that the measured processes have used so far.
	CPU func() (time.Duration, error)
}

// Result is what was measured.
type Result struct {
	Ops      int
	Elapsed  time.Duration
	CPU      time.Duration
	P50, P99 time.Duration
}

// PerSecond is the rate of answers.
func (r Result) PerSecond() float64 { return float64(r.Ops) / r.Elapsed.Seconds() }

// CPUPerOp is the processor time of an answer in microseconds.
func (r Result) CPUPerOp() float64 { return float64(r.CPU.Nanoseconds()) / 1000 / float64(r.Ops) }

// Run sends until Warm and For have passed. Any answer but a 2xx ends it with an error.
func (l Load) Run(ctx context.Context) (Result, error) {
	r, err := run{l.Clients, l.Warm, l.For, l.CPU}.measure(ctx, l.client)
	if err == nil && r.Ops == 0 {
		return r, fmt.Errorf("%s answered nothing in %v", l.Addr, l.For)
	}
	return r, err
}

// client returns how long each of its measured requests took.
func (l Load) client(ctx context.Context, number int, phase *atomic.Int32) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", l.Addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	took := make([]time.Duration, 0, 1<<12)
	for phase.Load() != over && ctx.Err() == nil {
		request := l.Next(number)
		start := time.Now()
		if err := conn.SetDeadline(start.Add(patience)); err != nil {
			return nil, err
		}
		if _, err := conn.Write(request); err != nil {
			return nil, err
		}
		if err := Discard(in); err != nil {
			return nil, fmt.Errorf("%s: %w", l.Addr, err)
		}
		if phase.Load() == measuring {
			took = append(took, time.Since(start))
		}
	}
	return took, nil
}
