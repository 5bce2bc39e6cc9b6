package identity

import (
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// Words for how often credits are renewed.
const (
	daily   = "daily"
	monthly = "monthly"
)

func shownKeyV1(v keyView) *identityv1.Key {
	key := &identityv1.Key{
		Id: v.GetId(), Start: v.GetStart(), WorkspaceId: v.GetTenant(), ApiId: proto.String(v.GetApiId()),
		Name: some(v.GetName()), Meta: v.GetMeta(), CreatedAt: v.GetCreatedAtMs(), UpdatedAt: some(v.GetUpdatedAtMs()),
		Expires: some(v.GetExpiresAtMs()), Roles: v.roleNames(), Permissions: v.grants.slugs, Enabled: v.GetEnabled(),
		Refill: shownRefillV1(v.credits), Ratelimit: shownLimitV1(v),
	}
	if v.credits != nil {
		key.Remaining = proto.Int64(v.credits.GetRemaining())
	}
	if v.plain {
		key.Plaintext = some(v.GetPlaintext())
	}
	if v.owner != nil {
		key.OwnerId = proto.String(v.owner.GetExternalId())
		key.Identity = &identityv1.KeyIdentity{Id: v.owner.GetId(), ExternalId: v.owner.GetExternalId(), Meta: meta(v.owner)}
	}
	return key
}

// shownRefillV1 is nil for credits that are not renewed.
func shownRefillV1(c *storev1.KeyCredits) *identityv1.KeyRefill {
	if c.GetInterval() == storev1.RefillInterval_REFILL_INTERVAL_UNSPECIFIED {
		return nil
	}
	r := &identityv1.KeyRefill{Interval: daily, Amount: c.GetAmount(), LastRefillAt: some(c.GetRefilledAtMs())}
	if c.GetInterval() == storev1.RefillInterval_REFILL_INTERVAL_MONTHLY {
		r.Interval, r.RefillDay = monthly, proto.Int32(c.GetDay())
	}
	return r
}

func shownLimitV1(v keyView) *identityv1.KeyRatelimit {
	l := limitNamed(v.GetRatelimits(), defaultLimit)
	if l == nil {
		return nil
	}
	return &identityv1.KeyRatelimit{
		Async: proto.Bool(v.GetAsyncRatelimit()), Limit: proto.Int64(l.GetLimit()), Duration: proto.Int64(l.GetDurationMs()),
		RefillRate: proto.Int64(l.GetLimit()), RefillInterval: proto.Int64(l.GetDurationMs()),
	}
}

func shownPermissionsV1(rows []*storev1.Permission) []*identityv1.Permission {
	all := make([]*identityv1.Permission, len(rows))
	for i, m := range rows {
		all[i] = &identityv1.Permission{Id: m.GetId(), Name: m.GetName(), Slug: m.GetSlug()}
	}
	return all
}

func shownRolesV1(rows []*storev1.Role) []*identityv1.Role {
	all := make([]*identityv1.Role, len(rows))
	for i, m := range rows {
		all[i] = &identityv1.Role{Id: m.GetId(), Name: m.GetName()}
	}
	return all
}
