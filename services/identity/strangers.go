package identity

import (
	"context"
	"net/netip"
	"time"

	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/memo"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// Verifying a key in v1 needs no credential, so what strangers can make the store do is
// bounded by their address. Only keys that turn out not to exist count. A platform that
// verifies 10,000 keys a second from one address has nearly all its answers from memory,
// and 500 wrong keys a second, every second, are far more than its users' slips; to the
// store they are little work, and to one who guesses, against 128 random bits, nothing.
const (
	strangerMisses = 30_000
	strangerWindow = time.Minute
)

// Whoever sends a platform made-up keys has it spend its own address' misses. That must
// not lock out its customers: keys found within regularTTL are looked up all the same.
const (
	regularTTL  = 15 * time.Minute
	regularSize = 1 << 16
)

const reasonRateLimited = "RATE_LIMITED"

// strangers are the callers without a credential.
type strangers struct {
	limits   ratelimit.Limiter
	regulars *memo.Cache[auth.Digest, struct{}]
}

func newStrangers(limits ratelimit.Limiter) strangers {
	return strangers{limits, memo.New[auth.Digest, struct{}](memo.Options{Size: regularSize, TTL: regularTTL})}
}

// strangersKey is verifiable for a caller without a credential. What is remembered is
// answered to everyone.
func (s *Service) strangersKey(ctx context.Context, d auth.Digest) (*verifiable, error) {
	if v, ok := s.verifiables.Known(d); ok {
		return v, nil
	}
	miss := ratelimit.Check{
		Group: "stranger/" + callerAddress(ctx), Owner: "strangers", Kind: ratelimit.Sliding,
		Limit: strangerMisses, Duration: strangerWindow, Async: true, // a few more do no harm
	}
	if err := s.strangers.admit(ctx, d, miss); err != nil {
		return nil, err
	}
	v, err := s.verifiable(ctx, d)
	switch {
	case err != nil:
		return nil, err
	case v == nil:
		miss.Cost = 1
		_, err = s.strangers.limits.Check(ctx, miss)
		return nil, err
	}
	s.strangers.regulars.Put(d, memo.Answer[struct{}]{})
	return v, nil
}

// admit refuses to look up a key for an address that has no misses left.
func (s *strangers) admit(ctx context.Context, d auth.Digest, miss ratelimit.Check) error {
	if _, ok := s.regulars.Known(d); ok {
		return nil
	}
	stands, err := s.limits.Check(ctx, miss)
	if err != nil || stands[0].Remaining > 0 {
		return err
	}
	return fault.ResourceExhausted(reasonRateLimited, "too many unknown keys came from your address; try again in a minute")
}

// callerAddress is what strangers are told apart by. In IPv6 it is the network, as hosts
// have 2^64 addresses in it. Callers whose address is not known are one.
func callerAddress(ctx context.Context) string {
	addr := rpc.Client(ctx)
	if addr.Is6() {
		addr = netip.PrefixFrom(addr, 64).Masked().Addr()
	}
	return addr.String()
}
