package auth

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
)

// How long an answer is believed. Revocation reaches every process within PositiveTTL.
const (
	PositiveTTL = 4 * time.Second
	NegativeTTL = time.Second
)

// cacheSize bounds the cache. An entry is about 150 bytes beside its principal.
const cacheSize = 1 << 16

// Cache remembers a verifier's answers for a short time. It is a Verifier. When the
// one behind it can't be reached, known credentials work until their answers end.
type Cache struct {
	behind  Verifier
	flights singleflight.Group

	mu      sync.Mutex
	answers map[Digest]answer
	epoch   uint64
}

type answer struct {
	principal *Principal
	err       error
	until     time.Time
}

// NewCache returns an empty cache in front of behind.
func NewCache(behind Verifier) *Cache {
	return &Cache{behind: behind, answers: map[Digest]answer{}}
}

// Verify answers from memory or asks the verifier behind; concurrent questions about
// one credential are asked once.
func (c *Cache) Verify(ctx context.Context, d Digest) (*Principal, error) {
	c.mu.Lock()
	a, ok := c.answers[d]
	epoch := c.epoch
	c.mu.Unlock()
	if ok && time.Now().Before(a.until) {
		return a.principal, a.err
	}
	// The flight outlives the caller that started it: others wait for it too. Nobody
	// joins one that took off before a Flush.
	flight := string(binary.BigEndian.AppendUint64(d[:], epoch))
	ch := c.flights.DoChan(flight, func() (any, error) {
		asked := time.Now()
		p, err := c.behind.Verify(context.WithoutCancel(ctx), d)
		c.keep(d, p, err, epoch, asked)
		return p, err
	})
	select {
	case r := <-ch:
		p, _ := r.Val.(*Principal)
		return p, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Flush forgets everything, after a change to what credentials can do.
func (c *Cache) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.answers)
	c.epoch++ // answers under way may be from before the change
}

// keep remembers an answer. It is as old as the question: what happened while a slow
// verifier answered may not be in it.
func (c *Cache) keep(d Digest, p *Principal, err error, epoch uint64, asked time.Time) {
	a := answer{principal: p, err: err, until: asked.Add(PositiveTTL)}
	switch {
	case err != nil && fault.From(err).Code != codes.Unauthenticated:
		return // the verifier failed; that is no answer
	case err != nil:
		a.until = asked.Add(NegativeTTL)
	case !p.Expires.IsZero() && p.Expires.Before(a.until):
		a.until = p.Expires
	}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.epoch || !now.Before(a.until) {
		return
	}
	if len(c.answers) >= cacheSize {
		c.makeRoom(now)
	}
	c.answers[d] = a
}

// makeRoom drops what has ended, and when that is little, an arbitrary eighth.
func (c *Cache) makeRoom(now time.Time) {
	for d, a := range c.answers {
		if !now.Before(a.until) {
			delete(c.answers, d)
		}
	}
	for d := range c.answers {
		if len(c.answers) <= cacheSize*7/8 {
			return
		}
		delete(c.answers, d)
	}
}
