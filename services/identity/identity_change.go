package identity

import (
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// change is what an update replaces. It is made before the transaction and applied in it.
type change struct {
	meta       *string
	ratelimits []*storev1.IdentityRatelimit
	setLimits  bool
	// keepAuto leaves stored limits their auto_apply: v1 does not know it.
	keepAuto bool
	at       int64
}

// newChange reads v1's update mask; without one, what is set is replaced.
func newChange(r *identityv1.UpdateIdentityRequest) (*change, error) {
	limits, err := newRatelimits(r.GetRatelimits())
	if err != nil {
		return nil, err
	}
	c := &change{ratelimits: limits, keepAuto: true, at: time.Now().UnixMilli()}
	if mask := r.GetUpdateMask(); mask != nil {
		if !mask.IsValid(r) {
			return nil, fault.InvalidArgument(reasonMaskInvalid, "update_mask names a field that is not there; name meta, ratelimits or both")
		}
		// The gateway's mask names all fields of a body, the ids too; what is set and not
		// named would be dropped in silence.
		named := func(f string) bool { return slices.Contains(mask.GetPaths(), f) }
		if r.GetMeta() != "" && !named("meta") || len(r.GetRatelimits()) > 0 && !named("ratelimits") {
			return nil, fault.InvalidArgument(reasonMaskInvalid, "update_mask leaves out a field that is set; name meta, ratelimits or both")
		}
		if slices.Contains(mask.GetPaths(), "meta") {
			c.meta = proto.String(r.GetMeta())
		}
		c.setLimits = slices.Contains(mask.GetPaths(), "ratelimits")
		return c, nil
	}
	if r.GetMeta() != "" {
		c.meta = proto.String(r.GetMeta())
	}
	c.setLimits = len(r.GetRatelimits()) > 0
	return c, nil
}

func (c *change) apply(old *storev1.Identity) *storev1.Identity {
	m := proto.CloneOf(old)
	m.UpdatedAtMs = c.at
	if c.meta != nil {
		m.Meta = *c.meta
	}
	if c.setLimits {
		m.Ratelimits = keepIDs(old.GetRatelimits(), c.ratelimits, c.keepAuto)
	}
	return m
}
