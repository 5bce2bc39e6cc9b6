package identity

import (
	"cmp"
	"context"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// ratelimits serves RatelimitService of v1, whose windows are fixed.
type ratelimits struct {
	identityv1.UnimplementedRatelimitServiceServer
	s *Service
}

func (l ratelimits) Limit(ctx context.Context, r *identityv1.LimitRequest) (*identityv1.LimitResponse, error) {
	a, err := l.s.limit(ctx, &limitQuestion{
		namespace:  namespaceSelector{cmp.Or(r.GetNamespace(), defaultNamespace), byItsName},
		identifier: r.GetIdentifier(), kind: ratelimit.Fixed,
		limit: r.GetLimit(), durationMs: r.GetDuration(), cost: limitCost(r.Cost), async: r.GetAsync(),
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.LimitResponse{Success: a.Allowed, Limit: a.Limit, Remaining: a.Remaining, Reset_: a.Reset}, nil
}

func (l ratelimits) SetOverride(ctx context.Context, r *identityv1.SetOverrideRequest) (*identityv1.SetOverrideResponse, error) {
	in, err := namespaceIn(r)
	if err != nil {
		return nil, err
	}
	id, err := l.s.setOverride(ctx, in, overrideSettings{
		identifier: r.GetIdentifier(), limit: r.GetLimit(), durationMs: r.GetDuration(), async: &r.Async,
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.SetOverrideResponse{OverrideId: id}, nil
}

func (l ratelimits) GetOverride(ctx context.Context, r *identityv1.GetOverrideRequest) (*identityv1.GetOverrideResponse, error) {
	in, err := namespaceIn(r)
	if err != nil {
		return nil, err
	}
	m, err := l.s.override(ctx, in, r.GetIdentifier())
	if err != nil {
		return nil, err
	}
	return &identityv1.GetOverrideResponse{Override: shownOverride(m)}, nil
}

func (l ratelimits) ListOverrides(ctx context.Context, r *identityv1.ListOverridesRequest) (*identityv1.ListOverridesResponse, error) {
	in, err := namespaceIn(r)
	if err != nil {
		return nil, err
	}
	found, err := l.s.overridesOn(ctx, in, overridePageRequest{
		method: identityv1.RatelimitService_ListOverrides_FullMethodName, cursor: r.GetCursor(),
		size: cmp.Or(int(r.GetLimit()), page.DefaultSize), count: true,
	})
	if err != nil {
		return nil, err
	}
	answer := &identityv1.ListOverridesResponse{Total: found.total}
	for _, m := range found.rows {
		answer.Overrides = append(answer.Overrides, shownOverride(m))
	}
	if found.cursor != "" {
		answer.Cursor = &found.cursor
	}
	return answer, nil
}

func (l ratelimits) DeleteOverride(ctx context.Context, r *identityv1.DeleteOverrideRequest) (*identityv1.DeleteOverrideResponse, error) {
	in, err := namespaceIn(r)
	if err != nil {
		return nil, err
	}
	if err := l.s.deleteOverride(ctx, in, r.GetIdentifier()); err != nil {
		return nil, err
	}
	return &identityv1.DeleteOverrideResponse{}, nil
}

func shownOverride(m *storev1.RatelimitOverride) *identityv1.Override {
	return &identityv1.Override{
		Id: m.GetId(), Identifier: m.GetIdentifier(), Limit: m.GetLimit(), Duration: m.GetDurationMs(), Async: m.GetAsync(),
	}
}

// limitCost is what a request consumes: 1 unless it says so.
func limitCost(given *int64) int64 {
	if given == nil {
		return 1
	}
	return *given
}
