package connectionvault

import (
	"maps"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// quickly is how soon a receiver answers that may take up all of the outbox's workers.
	quickly = time.Second
	// doubtedAtOnce is how many deliveries to other receivers are under way: half the workers.
	doubtedAtOnce = 4
	// firstPause and longestPause are those after failures.
	firstPause, longestPause = 5 * time.Second, time.Hour
	// turnWait is how long a delivery is put off that finds no room.
	turnWait = time.Second
	// maxPaces is how many receivers are remembered, some 100 bytes each.
	maxPaces = 10_000
)

// pace keeps receivers from holding up each other's deliveries. One whose last answer was
// quick has all workers at its disposal. Of one that is new, slow or failing, one delivery is
// under way at once, and few of all such; one that failed is left alone for longer and longer,
// until one delivery finds out whether it is back. A receiver that was quick and begins to hang
// holds up all others once, for deliveryTime. Each process has a pace of its own.
type pace struct {
	mu        sync.Mutex
	receivers map[string]*receiver // by webhook
	doubted   int                  // deliveries to receivers that were not quick
}

// receiver is what is known of one.
type receiver struct {
	quick   bool
	running int
	failed  int32 // times in a row
	until   time.Time
}

// leave is the permission to make one delivery.
type leave struct {
	p       *pace
	at      *receiver
	doubted bool
	began   time.Time
}

func newPace() *pace { return &pace{receivers: map[string]*receiver{}} }

// enter gives leave or, where it is nil, says how long to wait before asking again. urgent
// ones don't heed pauses.
func (p *pace) enter(webhook string, urgent bool) (*leave, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.receivers[webhook]
	if at == nil {
		p.makeRoom()
		at = &receiver{}
		p.receivers[webhook] = at
	}
	if wait := time.Until(at.until); wait > 0 && !urgent {
		return nil, wait + jitter(turnWait)
	}
	if !at.quick && (at.running > 0 || p.doubted >= doubtedAtOnce) {
		return nil, turnWait + jitter(turnWait)
	}
	l := &leave{p: p, at: at, doubted: !at.quick, began: time.Now()}
	at.running++
	if l.doubted {
		p.doubted++
	}
	return l, 0
}

// end tells how a delivery went. It returns how long the receiver is left alone.
func (l *leave) end(ok bool) time.Duration {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	l.at.running--
	if l.doubted {
		l.p.doubted--
	}
	l.at.quick = ok && time.Since(l.began) < quickly
	if ok {
		l.at.failed, l.at.until = 0, time.Time{}
		return 0
	}
	if wait := time.Until(l.at.until); wait > 0 {
		return wait // others failed beside it: that counts once
	}
	l.at.failed++
	wait := pauseAfter(l.at.failed)
	l.at.until = time.Now().Add(wait)
	return wait
}

// forget lets a receiver begin anew, as its webhook was changed.
func (p *pace) forget(webhook string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.receivers, webhook)
}

// makeRoom forgets idle receivers when they are many.
func (p *pace) makeRoom() {
	if len(p.receivers) < maxPaces {
		return
	}
	maps.DeleteFunc(p.receivers, func(_ string, at *receiver) bool { return at.running == 0 })
}

// pauseAfter is the pause after a number of failures. It doubles.
func pauseAfter(failures int32) time.Duration {
	wait := firstPause
	for i := int32(1); i < failures && wait < longestPause; i++ {
		wait *= 2
	}
	wait = min(wait, longestPause)
	return wait - jitter(wait/5)
}

// jitter keeps what failed together from coming back together.
func jitter(most time.Duration) time.Duration { return rand.N(most) }
