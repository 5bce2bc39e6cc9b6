package auth

import (
	"cmp"
	"context"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/memo"
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
	answers *memo.Cache[Digest, answer]
}

// answer is a principal, or why there is none.
type answer struct {
	principal *Principal
	err       error
}

// NewCache returns an empty cache in front of behind.
func NewCache(behind Verifier) *Cache {
	return &Cache{behind, memo.New[Digest, answer](memo.Options{Size: cacheSize, TTL: PositiveTTL})}
}

// Verify answers from memory or asks the verifier behind; concurrent questions about
// one credential are asked once.
func (c *Cache) Verify(ctx context.Context, d Digest) (*Principal, error) {
	if a, ok := c.answers.Known(d); ok {
		return a.principal, a.err
	}
	a, err := c.answers.Get(ctx, d, func(ctx context.Context) (memo.Answer[answer], error) {
		p, err := c.behind.Verify(ctx, d)
		if err != nil && fault.From(err).Code != codes.Unauthenticated {
			return memo.Answer[answer]{}, err // the verifier failed; that is no answer
		}
		return memo.Answer[answer]{Value: answer{p, err}, For: believed(p, err)}, nil
	})
	if err != nil {
		return nil, err
	}
	return a.principal, a.err
}

// believed is how long an answer is, or below 0 if not at all.
func believed(p *Principal, err error) time.Duration {
	if err != nil {
		return NegativeTTL
	}
	if p.Expires.IsZero() {
		return PositiveTTL
	}
	return min(PositiveTTL, cmp.Or(time.Until(p.Expires), -1))
}

// Flush forgets everything, after a change to what credentials can do.
func (c *Cache) Flush() { c.answers.Flush() }
