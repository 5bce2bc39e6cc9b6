package identity

import (
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// refill is how credits are renewed. The zero refill is not at all.
type refill struct {
	every  storev1.RefillInterval
	amount int64
	day    int32
}

// refillOf reads a refill as both versions have it. It is nil for none. daily is the
// fault's text for a day that makes no sense.
func refillOf(interval string, amount int64, day *int32, daily string) (*refill, error) {
	switch {
	case interval == monthly && day == nil:
		return &refill{every: storev1.RefillInterval_REFILL_INTERVAL_MONTHLY, amount: amount, day: 1}, nil
	case interval == monthly:
		return &refill{every: storev1.RefillInterval_REFILL_INTERVAL_MONTHLY, amount: amount, day: *day}, nil
	case day != nil:
		return nil, fault.InvalidArgument(reasonKeyInvalid, "%s", daily)
	}
	return &refill{every: storev1.RefillInterval_REFILL_INTERVAL_DAILY, amount: amount}, nil
}

func refillV1(r *identityv1.KeyRefill, daily string) (*refill, error) {
	if r == nil {
		return nil, nil
	}
	return refillOf(r.GetInterval(), r.GetAmount(), r.RefillDay, daily)
}

func refillV2(r *identityv2.KeyCreditsRefill) (*refill, error) {
	if r == nil {
		return nil, nil
	}
	return refillOf(r.GetInterval(), r.GetAmount(), r.RefillDay,
		"`refillDay` must not be provided when the refill interval is `daily`.")
}

// set puts r into c; nil ends renewal.
func (r *refill) set(c *storev1.KeyCredits) {
	if r == nil {
		r = &refill{}
	}
	c.Interval, c.Amount, c.Day = r.every, r.amount, r.day
}

// newCreditsV1 is nil for any number of uses.
func newCreditsV1(remaining *int64, given *identityv1.KeyRefill) (*storev1.KeyCredits, error) {
	if remaining == nil && given != nil {
		return nil, fault.InvalidArgument(reasonKeyInvalid, "remaining must be set if you are using refill.")
	}
	r, err := refillV1(given, "when interval is set to 'daily', 'refillDay' must be null.")
	if err != nil || remaining == nil {
		return nil, err
	}
	c := &storev1.KeyCredits{Remaining: *remaining}
	r.set(c)
	return c, nil
}

// newCreditsV2 is nil for unlimited credits. A key may have none from the start.
func newCreditsV2(given *identityv2.KeyCredits) (*storev1.KeyCredits, error) {
	if given.GetRefill() != nil && given.Remaining == nil {
		return nil, fault.InvalidArgument(reasonKeyInvalid, "`credits.remaining` must be provided when `credits.refill` is set.")
	}
	r, err := refillV2(given.GetRefill())
	if err != nil || given == nil || given.Remaining == nil {
		return nil, err
	}
	c := &storev1.KeyCredits{Remaining: given.GetRemaining()}
	r.set(c)
	return c, nil
}
