package identity

import (
	"errors"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
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
