package identity

import (
	"errors"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// selector is a request that names an identity by one of its ids.
type selector interface {
	GetIdentityId() string
	GetExternalId() string
}

// findIdentity returns a tenant's identity. The service's own id wins when both are
// given.
func (s *Service) findIdentity(tx kv.Reader, t tenant.ID, r selector) (m *storev1.Identity, err error) {
	switch {
	case r.GetIdentityId() != "":
		m, err = s.tables.identities.Get(tx, table.Of(t), r.GetIdentityId())
	case r.GetExternalId() != "":
		m, err = s.tables.identities.Find(tx, table.Of(t), byExternalID, r.GetExternalId())
	default:
		return nil, fault.InvalidArgument(reasonSelectorMissing, "Provide either identityId or externalId")
	}
	if errors.Is(err, kv.ErrNotFound) {
		return nil, unknownIdentity(r)
	}
	return m, err
}

// shownIdentities are identities as lists have them.
func shownIdentities(rows []*storev1.Identity) []*identityv1.ListedIdentity {
	all := make([]*identityv1.ListedIdentity, len(rows))
	for i, m := range rows {
		all[i] = &identityv1.ListedIdentity{Id: m.GetId(), ExternalId: m.GetExternalId(), Ratelimits: shownRatelimits(m)}
	}
	return all
}

func unknownIdentity(r selector) error {
	name := r.GetIdentityId()
	if name == "" {
		name = r.GetExternalId()
	}
	return fault.NotFound(reasonIdentityUnknown, "identity %s not found", name)
}

func meta(m *storev1.Identity) string {
	if m.GetMeta() == "" {
		return emptyMeta
	}
	return m.GetMeta()
}

func shownRatelimits(m *storev1.Identity) []*identityv1.Ratelimit {
	all := make([]*identityv1.Ratelimit, len(m.GetRatelimits()))
	for i, l := range m.GetRatelimits() {
		all[i] = &identityv1.Ratelimit{Name: l.GetName(), Limit: l.GetLimit(), Duration: l.GetDurationMs()}
	}
	return all
}

// newRatelimits makes the limits to store, each with a fresh id. It drops identical
// repeats and refuses different limits under one name: Unkey's own sample repeats
// "tokens", which its server answers with 500 on create.
func newRatelimits(given []*identityv1.Ratelimit) ([]*storev1.IdentityRatelimit, error) {
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

// keepIDs returns next with the ids of the stored limits of the same names, and so
// their counters.
func keepIDs(stored, next []*storev1.IdentityRatelimit) []*storev1.IdentityRatelimit {
	known := make(map[string]*storev1.IdentityRatelimit, len(stored))
	for _, l := range stored {
		known[l.GetName()] = l
	}
	kept := make([]*storev1.IdentityRatelimit, len(next))
	for i, l := range next {
		kept[i] = proto.CloneOf(l)
		if old, ok := known[l.GetName()]; ok {
			kept[i].Id, kept[i].AutoApply = old.GetId(), old.GetAutoApply()
		}
	}
	return kept
}

// change is what an update replaces. It is made before the transaction and applied in it.
type change struct {
	meta       *string
	ratelimits []*storev1.IdentityRatelimit
	setLimits  bool
	at         int64
}

// newChange reads the update mask; without one, what is set is replaced.
func newChange(r *identityv1.UpdateIdentityRequest) (*change, error) {
	limits, err := newRatelimits(r.GetRatelimits())
	if err != nil {
		return nil, err
	}
	c := &change{ratelimits: limits, at: time.Now().UnixMilli()}
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
		m.Ratelimits = keepIDs(old.GetRatelimits(), c.ratelimits)
	}
	return m
}
