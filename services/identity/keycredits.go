package identity

import (
	"context"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// maxCredits is the most that any number on the wire can be.
const maxCredits = 1<<53 - 1

// Operations on credits, in both versions.
const (
	opSet       = "set"
	opIncrement = "increment"
)

func (k keys) UpdateRemaining(ctx context.Context, r *identityv1.UpdateRemainingRequest) (*identityv1.UpdateRemainingResponse, error) {
	left, err := k.s.updateCredits(ctx, r.GetKeyId(), "remaining", r.GetOp(), r.Value, creditTexts{
		unlimited: "cannot " + r.GetOp() + " a key with unlimited remaining requests, please 'set' a value instead.",
		null:      "cannot " + r.GetOp() + " a key by null.",
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.UpdateRemainingResponse{Remaining: remainingOf(left)}, nil
}

func (k keysV2) UpdateCredits(ctx context.Context, r *identityv2.UpdateCreditsRequest) (*identityv2.UpdateCreditsResponse, error) {
	left, err := k.s.updateCredits(ctx, r.GetKeyId(), "credits", r.GetOperation(), r.Value, creditTexts{
		unlimited: "You cannot increment or decrement a key with unlimited credits.",
		null:      "When specifying an increment or decrement operation, a value must be provided.",
	})
	if err != nil {
		return nil, err
	}
	return &identityv2.UpdateCreditsResponse{Credits: &identityv2.KeyCredits{Remaining: remainingOf(left), Refill: shownRefillV2(left)}}, nil
}

// creditTexts are the texts of faults: of adjusting what is not counted, and by nothing.
type creditTexts struct{ unlimited, null string }

// updateCredits returns the credits after a change; nil for any number. value is nil for
// any number, too, which ends renewal: there is nothing to renew.
func (s *Service) updateCredits(ctx context.Context, id, field, op string, value *int64, texts creditTexts) (*storev1.KeyCredits, error) {
	if _, err := requireTenant(ctx); err != nil {
		return nil, err
	}
	c := newKeyChange(ctx, id, []string{field})
	switch {
	case op == opSet:
		c.credits = &creditChange{unlimited: value == nil, remaining: value}
	case value == nil:
		return nil, fault.InvalidArgument(reasonKeyInvalid, "%s", texts.null)
	default:
		c.credits = &creditChange{adjust: adjustment(op, *value), needless: texts.unlimited}
	}
	_, err := s.updateKey(ctx, c)
	return c.left, err
}

// adjustment adds or takes, and stops at the most and at nothing.
func adjustment(op string, by int64) func(int64) int64 {
	if op == opIncrement {
		return func(left int64) int64 { return min(left, maxCredits-by) + by }
	}
	return func(left int64) int64 { return max(left-by, 0) }
}

func remainingOf(c *storev1.KeyCredits) *int64 {
	if c == nil {
		return nil
	}
	left := c.GetRemaining()
	return &left
}
