package auth_test

import (
	"context"
	"testing"

	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// owners remembers whose counters were asked for, and admits everybody.
type owners []string

func (o *owners) Check(_ context.Context, checks ...ratelimit.Check) ([]ratelimit.Verdict, error) {
	*o = append(*o, checks[0].Owner)
	return []ratelimit.Verdict{{Allowed: true}}, nil
}

func TestQuotaCountsForTheTenant(t *testing.T) {
	asked := &owners{}
	ctx := auth.With(t.Context(), &auth.Principal{Kind: auth.KindRootKey, Tenant: "a", Quota: 1})
	_, err := (&auth.Quota{Limits: asked}).Unary(ctx, nil, nil, func(context.Context, any) (any, error) { return nil, nil })
	if err != nil || len(*asked) != 1 || (*asked)[0] != "a" {
		t.Errorf("asked for %v, %v", *asked, err)
	}
}
