package redislimit

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

const (
	// payEvery is how long debts gather, payAgain how long until those that could not be
	// paid are tried again.
	payEvery, payAgain = 100 * time.Millisecond, time.Second
	// maxDebts bounds the memory. What is beyond is lost, and counted as such.
	maxDebts = 1 << 16
)

// debts is what was consumed by local decisions and has to be added in Redis.
type debts struct {
	mu   sync.Mutex
	owed map[debt]int64
	bell chan struct{} // rung for a new debt
	back chan struct{} // rung when a server comes back
}

// debt is a window of a counter.
type debt struct {
	counter ratelimit.Counter
	seq     int64
}

func (d *debts) init() {
	d.owed = make(map[debt]int64)
	d.bell, d.back = make(chan struct{}, 1), make(chan struct{}, 1)
}

// owe notes a cost that has passed. It tells whether there was room.
func (d *debts) owe(n debt, cost int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	sum, known := d.owed[n]
	if !known && len(d.owed) >= maxDebts {
		return false
	}
	d.owed[n] = min(sum+cost, ratelimit.MaxCount)
	return true
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// take returns all debts and starts anew.
func (d *debts) take() map[debt]int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.owed
	d.owed = make(map[debt]int64)
	return all
}

// of is what is owed to a window.
func (d *debts) of(n debt) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.owed[n]
}

func (d *debts) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.owed)
}

func (l *Limiter) owe(c *ratelimit.Check, seq int64) {
	if !l.debts.owe(debt{c.Counter(), seq}, c.Cost) {
		l.stats.lost.Add(1)
	}
	ring(l.debts.bell)
}

// reconcile pays debts until the limiter is closed, then what is left once more.
func (l *Limiter) reconcile() {
	timer := time.NewTimer(payAgain)
	defer timer.Stop()
	for left := 0; ; {
		if left == 0 {
			select {
			case <-l.debts.bell:
			case <-l.life.Done():
			}
			timer.Reset(payEvery)
		} else {
			timer.Reset(payAgain)
		}
		select {
		case <-timer.C:
		case <-l.debts.back:
		case <-l.life.Done():
			l.stats.lost.Add(uint64(l.pay()))
			return
		}
		left = l.pay()
	}
}

// payment is a debt on its way.
type payment struct {
	debt debt
	sum  int64
	call *call
}

// pay adds what is owed in Redis and returns how many debts are left for later.
func (l *Limiter) pay() (left int) {
	batches := make(map[*lane][]payment)
	for n, sum := range l.debts.take() {
		c := n.check()
		k := key(&c)
		lane, err := l.lane(context.Background(), k)
		if err != nil {
			left += l.postpone(n, sum)
			continue
		}
		call := newCall(addScript, 1)
		call.set(0, k, kind(&c), n.seq, c.Duration.Milliseconds(), sum, l.recall.of(k))
		batches[lane] = append(batches[lane], payment{n, sum, call})
	}
	for lane, payments := range batches {
		for batch := range slices.Chunk(payments, maxBatch) {
			left += l.settle(lane, batch)
		}
	}
	return left
}

// settle sends payments, apart from the checks: nobody waits, so they have more time.
func (l *Limiter) settle(lane *lane, payments []payment) (left int) {
	ctx, cancel := context.WithTimeout(context.Background(), netTimeout)
	defer cancel()
	calls := make([]*call, len(payments))
	for i, p := range payments {
		calls[i] = p.call
	}
	lane.ask(ctx, calls)
	for _, p := range payments {
		switch {
		case p.call.err == nil:
			c, w := p.debt.check(), p.call.answers[0].window
			if p.call.answers[0].restored {
				l.restored()
			}
			l.recall.learn(p.call.key(), w)
			w.Current += l.debts.of(debt{p.debt.counter, w.Seq})
			l.local.Raise(&c, w)
		case refused(p.call.err):
			left += l.postpone(p.debt, p.sum)
		default:
			l.stats.lost.Add(1)
		}
	}
	return left
}

// postpone keeps a debt, if it is still worth something, and returns how many it keeps.
func (l *Limiter) postpone(n debt, sum int64) int {
	c := n.check()
	switch {
	case ratelimit.Window{Seq: n.seq}.End(&c) <= time.Now().UnixMilli()+l.ahead.Load():
		return 0
	case l.debts.owe(n, sum):
		return 1
	default:
		l.stats.lost.Add(1)
		return 0
	}
}

// check returns a check of the debt's counter.
func (d debt) check() ratelimit.Check {
	n := d.counter
	return ratelimit.Check{
		Group: n.Group, Name: n.Name, Kind: n.Kind,
		Limit: n.Limit, Duration: n.Duration, Async: n.Async,
	}
}
