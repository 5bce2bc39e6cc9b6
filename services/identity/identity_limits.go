package identity

import (
	"strconv"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
)

// maxIdentityLimits is how many limits v1 gives an identity: as many as its largest JSON
// body has. Each verification of each of its keys looks at all of them.
const maxIdentityLimits = 2_500

// newRatelimits makes the limits to store, each with a fresh id. It drops identical
// repeats and refuses different limits under one name: Unkey's own sample repeats
// "tokens", which its server answers with 500 on create.
func newRatelimits(given []*identityv1.Ratelimit) ([]*storev1.IdentityRatelimit, error) {
	if len(given) > maxIdentityLimits {
		return nil, fault.Invalid(fault.Violation{
			Field: "ratelimits", Rule: "repeated.max_items", Limit: strconv.Itoa(maxIdentityLimits), Message: "must have at most 2500 items",
		})
	}
	limits := make([]*storev1.IdentityRatelimit, 0, len(given))
	named := make(map[string]*identityv1.Ratelimit, len(given))
	for _, l := range given {
		same, ok := named[l.GetName()]
		if ok && !proto.Equal(same, l) {
			return nil, fault.AlreadyExists(reasonRatelimitConflict, "ratelimit \"%s\" is given twice with different values", l.GetName())
		}
		if ok {
			continue
		}
		named[l.GetName()] = l
		limits = append(limits, &storev1.IdentityRatelimit{
			Id: id.New("rl"), Name: l.GetName(), Limit: l.GetLimit(), DurationMs: l.GetDuration(),
		})
	}
	return limits, nil
}

// keepIDs returns next with the ids of the stored limits of the same names and, with
// keepAuto, their auto_apply.
func keepIDs(stored, next []*storev1.IdentityRatelimit, keepAuto bool) []*storev1.IdentityRatelimit {
	known := make(map[string]*storev1.IdentityRatelimit, len(stored))
	for _, l := range stored {
		known[l.GetName()] = l
	}
	kept := make([]*storev1.IdentityRatelimit, len(next))
	for i, l := range next {
		kept[i] = proto.CloneOf(l)
		if old, ok := known[l.GetName()]; ok {
			kept[i].Id = old.GetId()
			kept[i].AutoApply = kept[i].GetAutoApply() || keepAuto && old.GetAutoApply()
		}
	}
	return kept
}
