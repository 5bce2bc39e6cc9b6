package identity

import (
	"cmp"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
)

// defaultLimit is the name of the one limit that v1 knows of a key.
const defaultLimit = "default"

// limitV1 makes the limit to store; nil for none. Both its fields have an old name.
func limitV1(l *identityv1.KeyRatelimit) (*storev1.IdentityRatelimit, error) {
	if l == nil {
		return nil, nil
	}
	limit, duration := cmp.Or(l.GetLimit(), l.GetRefillRate()), cmp.Or(l.GetDuration(), l.GetRefillInterval())
	if limit == 0 || duration == 0 {
		return nil, fault.InvalidArgument(reasonKeyInvalid, "ratelimit needs a limit and a duration")
	}
	return &storev1.IdentityRatelimit{
		Id: id.New("rl"), Name: defaultLimit, Limit: limit, DurationMs: duration, AutoApply: true,
	}, nil
}

// asyncV1 tells whether a limit was given with async, or with the old word for it.
func asyncV1(l *identityv1.KeyRatelimit) bool { return l.GetAsync() || l.GetType() == "fast" }

// limitsV2 makes the limits to store, each with a fresh id. Of one name the last counts,
// where the first stood.
func limitsV2(given []*identityv2.RatelimitRequest) []*storev1.IdentityRatelimit {
	limits := make([]*storev1.IdentityRatelimit, 0, len(given))
	at := make(map[string]int, len(given))
	for _, l := range given {
		m := &storev1.IdentityRatelimit{
			Id: id.New("rl"), Name: l.GetName(), Limit: l.GetLimit(), DurationMs: l.GetDuration(), AutoApply: l.GetAutoApply(),
		}
		if i, ok := at[l.GetName()]; ok {
			limits[i] = m
			continue
		}
		at[l.GetName()] = len(limits)
		limits = append(limits, m)
	}
	return limits
}

// withIDs gives limits the ids that limits of the same names have in stored, and so
// their places in callers' own records.
func withIDs(limits, stored []*storev1.IdentityRatelimit) []*storev1.IdentityRatelimit {
	kept := make([]*storev1.IdentityRatelimit, len(limits))
	for i, l := range limits {
		kept[i] = proto.CloneOf(l)
		if old := limitNamed(stored, l.GetName()); old != nil {
			kept[i].Id = old.GetId()
		}
	}
	return kept
}

// withDefault is stored with another default limit; nil takes it away.
func withDefault(stored []*storev1.IdentityRatelimit, l *storev1.IdentityRatelimit) []*storev1.IdentityRatelimit {
	var next []*storev1.IdentityRatelimit
	for _, old := range stored {
		switch {
		case old.GetName() != defaultLimit:
			next = append(next, old)
		case l != nil:
			next, l = append(next, withIDs([]*storev1.IdentityRatelimit{l}, stored)...), nil
		}
	}
	if l != nil {
		next = append(next, l)
	}
	return next
}

// limitNamed is nil when there is none.
func limitNamed(limits []*storev1.IdentityRatelimit, name string) *storev1.IdentityRatelimit {
	for _, l := range limits {
		if l.GetName() == name {
			return l
		}
	}
	return nil
}
