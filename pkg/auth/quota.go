package auth

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// Header metadata of every answer while the caller's tenant has a quota: the calls that a
// minute allows, those that are left of this one, and the seconds until the next one.
const (
	QuotaLimit     = "ratelimit-limit"
	QuotaRemaining = "ratelimit-remaining"
	QuotaReset     = "ratelimit-reset"
)

// quotaCounter is the name of a tenant's counter. No service's counters have it: theirs
// begin with something else.
const quotaCounter = "\x00quota"

// Quota counts the calls of tenants that may make only so many. It stands behind a Door,
// which knows the tenant.
type Quota struct {
	// Limits counts. Without its counters the tenants are served all the same.
	Limits ratelimit.Limiter
}

// Unary is the interceptor. A call above the quota is a fault with code ResourceExhausted,
// and is not counted itself.
func (q *Quota) Unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	p := From(ctx)
	if p.Quota <= 0 {
		return handler(ctx, req)
	}
	verdicts, err := q.Limits.Check(ctx, ratelimit.Check{
		Group: string(p.Tenant), Name: quotaCounter, Owner: string(p.Tenant),
		Kind: ratelimit.Fixed, Limit: p.Quota, Duration: time.Minute, Cost: 1,
	})
	if err != nil {
		// The call's own time is over, which the handler finds too; or it is our defect, for
		// which no tenant should pay.
		return handler(ctx, req)
	}
	v := &verdicts[0]
	seconds := strconv.FormatInt((v.Reset-v.At+999)/1000, 10)
	// This fails only where nobody waits for the answer any more.
	_ = grpc.SetHeader(ctx, metadata.Pairs(
		QuotaLimit, strconv.FormatInt(v.Limit, 10), QuotaRemaining, strconv.FormatInt(v.Remaining, 10), QuotaReset, seconds))
	if !v.Allowed {
		return nil, fault.ResourceExhausted(fault.ReasonQuota,
			"the quota of %d requests a minute is used up; try again in %s seconds", v.Limit, seconds)
	}
	return handler(ctx, req)
}
