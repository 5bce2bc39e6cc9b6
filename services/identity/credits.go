package identity

import (
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// creditsOf returns what is left of a key's uses, as of now; nil when any number is left.
func (t *tables) creditsOf(tx kv.Reader, id tenant.ID, key *storev1.Key, now time.Time) (*storev1.KeyCredits, error) {
	if !key.GetLimited() {
		return nil, nil
	}
	c, err := t.credits.Get(tx, table.Of(id), key.GetId())
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return renewed(c, now), nil
}

// renewed returns c as it is now. Nothing runs at midnight: who looks at credits renews
// them, so that no key waits for another and a clock that stood still is made up for.
func renewed(c *storev1.KeyCredits, now time.Time) *storev1.KeyCredits {
	due := lastRenewal(c.GetInterval(), int(c.GetDay()), now).UnixMilli()
	if c.GetInterval() == storev1.RefillInterval_REFILL_INTERVAL_UNSPECIFIED || due <= c.GetRefilledAtMs() {
		return c
	}
	c = proto.CloneOf(c)
	c.Remaining, c.RefilledAtMs = c.GetAmount(), due
	return c
}

// lastRenewal is the latest midnight UTC, not after now, at which credits are renewed.
func lastRenewal(every storev1.RefillInterval, day int, now time.Time) time.Time {
	y, m, d := now.UTC().Date()
	if every != storev1.RefillInterval_REFILL_INTERVAL_MONTHLY {
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	at := renewalIn(y, m, day)
	if at.After(now) {
		at = renewalIn(y, m-1, day)
	}
	return at
}

// renewalIn is the day of a month, or its last where the month is shorter.
func renewalIn(y int, m time.Month, day int) time.Time {
	last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC)
	return time.Date(y, m, min(max(day, 1), last.Day()), 0, 0, 0, 0, time.UTC)
}
