package useradmin

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// addressFailures logins and client secrets from one network may be wrong in addressTime.
const (
	addressFailures = 100
	addressTime     = 15 * time.Minute
)

// reasonAddress is the reason of faults for networks that fail too often.
const reasonAddress = "TOO_MANY_FAILURES"

// allowAddress refuses the caller's network when too many of its logins were wrong.
func (s *Service) allowAddress(ctx context.Context) error {
	left, err := s.addressLeft(ctx, 0)
	if err == nil && left == 0 {
		return fault.ResourceExhausted(reasonAddress, "too many logins from this address were wrong; try again later")
	}
	return err
}

// blameAddress counts a failure of the caller's network.
func (s *Service) blameAddress(ctx context.Context) error {
	_, err := s.addressLeft(ctx, 1)
	return err
}

// addressLeft is how often the caller's network may still fail after cost more. Callers
// without an address are programs on this machine; they are not counted.
func (s *Service) addressLeft(ctx context.Context, cost int64) (int64, error) {
	network := networkOf(rpc.Client(ctx))
	if !network.IsValid() {
		return addressFailures, nil
	}
	verdicts, err := s.countPatiently(ctx, ratelimit.Check{
		Group: "logins", Name: network.String(), Kind: ratelimit.Sliding,
		Limit: addressFailures, Duration: addressTime, Cost: cost, OnOutage: ratelimit.Closed,
	})
	switch {
	case errors.Is(err, ratelimit.ErrUnavailable):
		return 0, fault.Unavailable("logins can't be counted now; try again").Because(err)
	case err != nil:
		return 0, err
	}
	return verdicts[0].Remaining, nil
}

// countPatience is how long counters that are out of reach are waited for. Shared ones are
// taken for lost after 50 ms, which suits API calls; a login can wait for a hiccup to pass.
const countPatience = 2 * time.Second

// countPatiently counts as soon as the counters can be reached.
func (s *Service) countPatiently(ctx context.Context, c ratelimit.Check) ([]ratelimit.Verdict, error) {
	return backoff.Retry(ctx, func() ([]ratelimit.Verdict, error) {
		verdicts, err := s.deps.Limits.Check(ctx, c)
		if err != nil && !errors.Is(err, ratelimit.ErrUnavailable) {
			err = backoff.Permanent(err)
		}
		return verdicts, err
	}, backoff.WithBackOff(backoff.NewConstantBackOff(100*time.Millisecond)), backoff.WithMaxElapsedTime(countPatience))
}

// networkOf is what one customer of a provider has: 256 addresses of IPv4, or 2^64 of IPv6.
func networkOf(addr netip.Addr) netip.Prefix {
	bits := 64
	if addr.Is4() {
		bits = 24
	}
	network, err := addr.Prefix(bits)
	if err != nil { // no address
		return netip.Prefix{}
	}
	return network
}
