package identity

import (
	"cmp"
	"context"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// defaultOverrides is the rows a page of v2's overrides has when nobody asks.
const defaultOverrides = 10

// ratelimitsV2 serves RatelimitService of v2, whose windows slide.
type ratelimitsV2 struct {
	identityv2.UnimplementedRatelimitServiceServer
	s *Service
}

func (l ratelimitsV2) Limit(ctx context.Context, r *identityv2.LimitRequest) (*identityv2.LimitResponse, error) {
	q := limitQuestionV2(r, r.Cost)
	a, err := l.s.limit(ctx, &q)
	if err != nil {
		return nil, err
	}
	return &identityv2.LimitResponse{
		Success: a.Allowed, Limit: a.Limit, Remaining: a.Remaining, Reset_: a.Reset, OverrideId: optionalText(a.override),
	}, nil
}

func (l ratelimitsV2) MultiLimit(ctx context.Context, r *identityv2.MultiLimitRequest) (*identityv2.MultiLimitResponse, error) {
	questions := make([]limitQuestion, len(r.GetChecks()))
	for i, c := range r.GetChecks() {
		questions[i] = limitQuestionV2(c, c.Cost)
	}
	answers, err := l.s.limitAll(ctx, questions)
	if err != nil {
		return nil, err
	}
	results := make([]identityv2.MultiLimitResult, len(answers))
	all := &identityv2.MultiLimitResponse{Passed: true, Limits: make([]*identityv2.MultiLimitResult, len(answers))}
	for i := range answers {
		a, c, v := &answers[i], r.GetChecks()[i], &results[i]
		v.Namespace, v.Identifier = c.GetNamespace(), c.GetIdentifier()
		v.Limit, v.Remaining, v.Reset_ = a.Limit, a.Remaining, a.Reset
		v.Passed, v.OverrideId = a.Allowed, optionalText(a.override)
		all.Limits[i], all.Passed = v, all.Passed && a.Allowed
	}
	return all, nil
}

func (l ratelimitsV2) SetOverride(ctx context.Context, r *identityv2.SetOverrideRequest) (*identityv2.SetOverrideResponse, error) {
	id, err := l.s.setOverride(ctx, namespaceCalled(r.GetNamespace()), overrideSettings{
		identifier: r.GetIdentifier(), limit: r.GetLimit(), durationMs: r.GetDuration(),
	})
	if err != nil {
		return nil, err
	}
	return &identityv2.SetOverrideResponse{OverrideId: id}, nil
}

func (l ratelimitsV2) GetOverride(ctx context.Context, r *identityv2.GetOverrideRequest) (*identityv2.GetOverrideResponse, error) {
	m, err := l.s.override(ctx, namespaceCalled(r.GetNamespace()), r.GetIdentifier())
	if err != nil {
		return nil, err
	}
	return &identityv2.GetOverrideResponse{Override: shownOverrideV2(m)}, nil
}

func (l ratelimitsV2) ListOverrides(ctx context.Context, r *identityv2.ListOverridesRequest) (*identityv2.ListOverridesResponse, error) {
	found, err := l.s.overridesOn(ctx, namespaceCalled(r.GetNamespace()), overridePageRequest{
		method: identityv2.RatelimitService_ListOverrides_FullMethodName, cursor: r.GetCursor(),
		size: cmp.Or(int(r.GetLimit()), defaultOverrides),
	})
	if err != nil {
		return nil, err
	}
	answer := &identityv2.ListOverridesResponse{
		Pagination: &identityv2.Pagination{Cursor: optionalText(found.cursor), HasMore: found.cursor != ""},
	}
	for _, m := range found.rows {
		answer.Overrides = append(answer.Overrides, shownOverrideV2(m))
	}
	return answer, nil
}

func (l ratelimitsV2) DeleteOverride(ctx context.Context, r *identityv2.DeleteOverrideRequest) (*identityv2.DeleteOverrideResponse, error) {
	if err := l.s.deleteOverride(ctx, namespaceCalled(r.GetNamespace()), r.GetIdentifier()); err != nil {
		return nil, err
	}
	return &identityv2.DeleteOverrideResponse{}, nil
}

// limitQuestionV2 is what a request asks, alone or among several.
func limitQuestionV2(r interface {
	GetNamespace() string
	GetIdentifier() string
	GetLimit() int64
	GetDuration() int64
}, cost *int64) limitQuestion {
	return limitQuestion{
		namespace: namespaceCalled(r.GetNamespace()), identifier: r.GetIdentifier(), kind: ratelimit.Sliding,
		limit: r.GetLimit(), durationMs: r.GetDuration(), cost: limitCost(cost), hides: true,
	}
}

func shownOverrideV2(m *storev1.RatelimitOverride) *identityv2.RatelimitOverride {
	return &identityv2.RatelimitOverride{
		OverrideId: m.GetId(), Identifier: m.GetIdentifier(), Limit: m.GetLimit(), Duration: m.GetDurationMs(),
	}
}

// optionalText is a field that is absent when there is nothing in it.
func optionalText(text string) *string {
	if text == "" {
		return nil
	}
	set := text // so that nothing is allocated for what is absent
	return &set
}
