package identity

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/permit"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Verdicts of verifying a key, in both versions.
const (
	codeValid     = "VALID"
	codeNotFound  = "NOT_FOUND"
	codeDisabled  = "DISABLED"
	codeForbidden = "FORBIDDEN"
	codeExpired   = "EXPIRED"
	codeDenied    = "INSUFFICIENT_PERMISSIONS"
	codeLimited   = "RATE_LIMITED"
	codeUsedUp    = "USAGE_EXCEEDED"
)

const (
	reasonQueryInvalid     = "PERMISSION_QUERY_INVALID"
	reasonRatelimitUnknown = "RATELIMIT_UNKNOWN"
	reasonRatelimitsMany   = "RATELIMITS_TOO_MANY"
)

// purpose is what a key has to be good for.
type purpose struct {
	// api is the one that the key has to belong to; empty for any.
	api string
	// query reads what the key has to be permitted. Its fault is the request's.
	query func() (permit.Query, error)
	// kind is how limits count, and counter what a limit is called in its group.
	kind    ratelimit.Kind
	counter func(*verifiable, *ratelimit.Planned) string
	limits  []ratelimit.Wanted
	// cost is how many credits the use takes.
	cost int64
}

// verdict is whether a key is good for it.
type verdict struct {
	code string
	// limits were checked, and counts are how they stand.
	limits []ratelimit.Planned
	counts []ratelimit.Verdict
	// credits are left; nil where they were not looked at, or are unlimited.
	credits *int64
}

// verify goes through all that may be wrong with a key, in this order. What comes first
// ends it: a use that a limit denies takes no credit.
func (s *Service) verify(ctx context.Context, v *verifiable, p *purpose) (verdict, error) {
	switch {
	case !v.GetEnabled():
		return verdict{code: codeDisabled}, nil
	case p.api != "" && p.api != v.GetApiId():
		return verdict{code: codeForbidden}, nil
	case v.GetExpiresAtMs() != 0 && v.GetExpiresAtMs() <= time.Now().UnixMilli():
		return verdict{code: codeExpired}, nil
	}
	query, err := p.query()
	if err != nil {
		return verdict{}, err
	}
	if !query.Permits(v.grants.slugs) {
		return verdict{code: codeDenied}, nil
	}
	d := verdict{code: codeValid}
	if err := s.limitKey(ctx, v, p, &d); err != nil {
		return verdict{}, err
	}
	if !ratelimit.Passed(d.counts) {
		d.code = codeLimited
		return d, nil
	}
	if !v.GetLimited() {
		return d, nil
	}
	c, err := s.purse.take(ctx, tenant.ID(v.GetTenant()), v.Key, p.cost)
	if err != nil {
		return verdict{}, err
	}
	if c.limited {
		v.left.Store(c.left)
		d.credits = proto.Int64(c.left)
	}
	if !c.enough {
		d.code = codeUsedUp
	}
	return d, nil
}

// limitKey counts the use against all limits in one decision: where one denies it, none
// counts it. The error may be a *ratelimit.UnknownError.
func (s *Service) limitKey(ctx context.Context, v *verifiable, p *purpose, d *verdict) (err error) {
	if len(v.ofKey)+len(v.ofOwner)+len(p.limits) == 0 {
		return nil
	}
	if d.limits, err = ratelimit.Plan(v.ofKey, v.ofOwner, p.limits); err != nil {
		return err
	}
	if len(d.limits) > ratelimit.MaxChecks {
		return fault.InvalidArgument(reasonRatelimitsMany, "a verification can count against %d limits, those that apply by themselves included", ratelimit.MaxChecks)
	}
	checks := make([]ratelimit.Check, len(d.limits))
	for i := range d.limits {
		l := &d.limits[i]
		checks[i] = ratelimit.Check{
			Group: v.group, Name: p.counter(v, l), Owner: v.GetTenant(), Kind: p.kind, Limit: l.Limit, Duration: l.Duration, Cost: l.Cost,
		}
	}
	d.counts, err = s.deps.Limits.Check(ctx, checks...)
	return err
}

// asks reads a permission query with the parser of its form.
func asks(text string, parse func(string) (permit.Query, error)) func() (permit.Query, error) {
	return func() (permit.Query, error) {
		q, err := parse(text)
		if syntax := (*permit.SyntaxError)(nil); errors.As(err, &syntax) {
			return q, fault.InvalidArgument(reasonQueryInvalid, "permission query is invalid: %v", syntax)
		}
		return q, err
	}
}

// orOne is what an absent cost stands for.
func orOne(cost *int64) int64 {
	if cost == nil {
		return 1
	}
	return *cost
}
