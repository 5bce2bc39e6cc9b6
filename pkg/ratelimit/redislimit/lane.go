package redislimit

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// drainers send a lane's calls: while one waits for its answers, the calls that
	// arrive gather for the other. There is no timer, so a single caller waits for nobody.
	drainers = 2
	// maxBatch is how many calls share a pipeline, few is when it is worth letting more
	// callers run first.
	maxBatch, few = 128, 8
)

// lane is the way to one server. One that hangs holds up no other.
type lane struct {
	client  *redis.Client
	servers servers
	budget  time.Duration
	breaker *breaker
	running *sync.WaitGroup

	mu       sync.Mutex
	queue    []*call
	draining int
}

// send has a call sent together with others.
func (l *lane) send(c *call) {
	c.sent = time.Now()
	l.mu.Lock()
	l.queue = append(l.queue, c)
	start := l.draining < drainers
	if start {
		l.draining++
	}
	l.mu.Unlock()
	if start {
		l.running.Go(l.drain)
	}
}

var timers = sync.Pool{New: func() any { return time.NewTimer(time.Hour) }}

// wait returns how a call ended, no later than the budget allows.
func (l *lane) wait(ctx context.Context, c *call) error {
	timer := timers.Get().(*time.Timer)
	timer.Reset(l.budget - time.Since(c.sent))
	defer func() {
		timer.Stop()
		timers.Put(timer)
	}()
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
	}
	if c.finished() {
		return c.err
	}
	if c.taken.CompareAndSwap(false, true) {
		// The server was too busy with others to be asked.
		l.breaker.heard(c.key(), errUnsent)
		return errUnsent
	}
	return fmt.Errorf("redis: no answer within %v", l.budget)
}

func (l *lane) drain() {
	for batch := l.take(); batch != nil; batch = l.take() {
		l.run(batch)
	}
}

// take returns the calls to send next. With none left the drainer ends.
func (l *lane) take() []*call {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.queue); 0 < n && n < few {
		l.mu.Unlock()
		runtime.Gosched()
		l.mu.Lock()
	}
	n := min(len(l.queue), maxBatch)
	if n == 0 {
		l.draining--
		return nil
	}
	batch := l.queue[:n:n]
	l.queue = l.queue[n:]
	return batch
}

// run sends a batch for those who still wait, and hands out the answers.
func (l *lane) run(batch []*call) {
	// Callers give up at their budget; those that arrive now should not find the lane
	// still busy with them.
	ctx, cancel := context.WithTimeout(context.Background(), l.budget)
	defer cancel()
	calls := make([]*call, 0, len(batch))
	for _, c := range batch {
		if c.taken.CompareAndSwap(false, true) {
			calls = append(calls, c)
		}
	}
	l.ask(ctx, calls)
	for _, c := range calls {
		l.breaker.heard(c.key(), c.err)
		close(c.done)
	}
}

// ask sends calls as one pipeline and reads the answers. What the server refuses to run is
// repeated: with the script's text if it did not know it, and by way of the cluster client
// if the key is not its.
func (l *lane) ask(ctx context.Context, calls []*call) {
	exec(ctx, l.client.Pipeline(), calls, false)
	var moved, unknown []*call
	for _, c := range calls {
		switch {
		case c.err == nil:
		case redis.HasErrorPrefix(c.err, "NOSCRIPT"):
			unknown = append(unknown, c)
		case l.servers.cluster != nil && elsewhere(c.err):
			moved = append(moved, c)
		}
	}
	exec(ctx, l.client.Pipeline(), unknown, true)
	if moved != nil {
		exec(ctx, l.servers.cluster.Pipeline(), moved, true)
	}
}

// exec runs calls in a pipeline. Each has its own error.
func exec(ctx context.Context, pipe redis.Pipeliner, calls []*call, text bool) {
	if len(calls) == 0 {
		return
	}
	commands := make([]*redis.Cmd, len(calls))
	for i, c := range calls {
		commands[i] = c.command(ctx, text)
		_ = pipe.Process(ctx, once{commands[i]}) // only queues
	}
	_, _ = pipe.Exec(ctx) // the first command's error, of no use to the others
	for i, c := range calls {
		c.read(commands[i])
	}
}
