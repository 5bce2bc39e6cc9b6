// Package password hashes passwords with argon2id, a few at a time, and says which new
// ones are too weak.
//
// A hash takes 19 MiB and some 25 ms of a core. The memory is garbage afterwards, so a busy
// process grows to (1 + GOGC/100) times what lives plus 19 MiB for each hash at work: to
// 150 MB at GOGC=400 with 10 MB alive and one at work, to 250 MB with two, and no further
// however many follow. Idle, it gives that back within minutes. GOMEMLIMIT holds it lower, for
// collections that come more often; collecting after each hash would slow every other call.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/crypto/argon2"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/password/internal/cost"
)

// ReasonBusy is the reason of ErrBusy.
const ReasonBusy = "PASSWORDS_BUSY"

// ErrBusy refuses a hash because as many wait as may. It tells nothing of any account.
var ErrBusy error = fault.ResourceExhausted(ReasonBusy, "too many passwords are being checked; try again")

// defaultWaiting is how many wait unless told. On one core the last is served in 2 s.
const defaultWaiting = 64

// Options bound the work of a pool.
type Options struct {
	// Running is how many hashes are computed at once; 0 or less means half of GOMAXPROCS,
	// and at least 1, so that logins leave cores to other calls.
	Running int
	// Waiting is how many callers wait for their turn, first come, first served; 0 or less
	// means 64. Past it they get ErrBusy.
	Waiting int
	// Cost is for passwordtest alone; zero is that of new hashes.
	Cost cost.Params
}

// Pool makes and verifies hashes, a bounded number at once. It keeps nothing of a password
// once a call returns. It is a prometheus.Collector.
type Pool struct {
	// places has one for each caller, at work or waiting; seats one for each at work.
	places, seats chan struct{}
	// cost is that of new hashes.
	cost cost.Params
	// decoy is the hash of no password: what is verified for users that are unknown.
	decoy   hash
	refused atomic.Uint64
	feints  atomic.Uint64
	seconds prometheus.Histogram
}

// NewPool returns a pool where nobody waits.
func NewPool(o Options) *Pool {
	if o.Running <= 0 {
		o.Running = max(1, runtime.GOMAXPROCS(0)/2)
	}
	if o.Waiting <= 0 {
		o.Waiting = defaultWaiting
	}
	if o.Cost == (cost.Params{}) {
		o.Cost = current
	}
	return &Pool{
		places:  make(chan struct{}, o.Running+o.Waiting),
		seats:   make(chan struct{}, o.Running),
		cost:    o.Cost,
		decoy:   hash{Params: o.Cost, salt: random(saltLen), key: random(keyLen)},
		seconds: newSeconds(),
	}
}

// Hash returns a new hash of the password as a PHC string, to be stored. It judges no
// password: Check does. Errors are ErrBusy and the context's.
func (p *Pool) Hash(ctx context.Context, password string) (string, error) {
	h := hash{Params: p.cost, salt: random(saltLen), key: make([]byte, keyLen)}
	key, took, err := p.derive(ctx, h, password)
	if err != nil {
		return "", err
	}
	p.seconds.Observe(took.Seconds())
	h.key = key
	return h.String(), nil
}

// Verify tells whether encoded is a hash of the password. An empty one, that of a user who
// is unknown or has no password, costs what a hash of the present parameters does and is of
// no password. Errors are ErrBusy, the context's, and an internal one if encoded is no hash
// that this package reads.
func (p *Pool) Verify(ctx context.Context, encoded, password string) (bool, error) {
	h, known := p.decoy, encoded != ""
	if known {
		var err error
		if h, err = parse(encoded); err != nil {
			return false, err
		}
	}
	key, took, err := p.derive(ctx, h, password)
	if err != nil {
		return false, err
	}
	p.seconds.Observe(took.Seconds())
	return subtle.ConstantTimeCompare(key, h.key) == 1 && known, nil
}

// Feint costs what Verify does and tells nothing, for a password that is not to be tried now.
// Metrics count it apart, so that the others are all that was tried. Errors are ErrBusy and
// the context's.
func (p *Pool) Feint(ctx context.Context, password string) error {
	_, _, err := p.derive(ctx, p.decoy, password)
	if err == nil {
		p.feints.Add(1)
	}
	return err
}

// Outdated tells whether a hash should be replaced when its password is next known: others
// than the present parameters made it, or it is none.
func (p *Pool) Outdated(encoded string) bool {
	h, err := parse(encoded)
	return err != nil || h.Params != p.cost || len(h.salt) != saltLen || len(h.key) != keyLen
}

// derive computes the key that h's salt and parameters give, when it is the caller's turn, and
// tells how long that took, waiting included. A computation that has begun is finished even if
// the context ends.
func (p *Pool) derive(ctx context.Context, h hash, password string) (key []byte, took time.Duration, err error) {
	came := time.Now()
	select {
	case p.places <- struct{}{}:
		defer func() { <-p.places }()
	default:
		p.refused.Add(1)
		return nil, 0, ErrBusy
	}
	select {
	case p.seats <- struct{}{}:
		defer func() { <-p.seats }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	// A seat may come free as the context ends. Who is gone costs no hash.
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	key = argon2.IDKey([]byte(password), h.salt, h.Passes, h.Memory, h.Lanes, uint32(len(h.key)))
	return key, time.Since(came), nil
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: it ends the program instead
	return b
}
