package identity

import (
	"google.golang.org/protobuf/proto"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

func shownKeyV2(v keyView) *identityv2.Key {
	key := &identityv2.Key{
		KeyId: v.GetId(), Start: v.GetStart(), Enabled: v.GetEnabled(), Name: some(v.GetName()), Meta: v.GetMeta(),
		CreatedAt: v.GetCreatedAtMs(), UpdatedAt: some(v.GetUpdatedAtMs()), Expires: some(v.GetExpiresAtMs()),
		Permissions: v.grants.slugs, Roles: v.roleNames(), Ratelimits: shownLimitsV2(v.GetRatelimits()),
	}
	if v.credits != nil {
		key.Credits = &identityv2.KeyCredits{
			Remaining: proto.Int64(v.credits.GetRemaining()), Refill: shownRefillV2(v.credits),
		}
	}
	if v.plain {
		key.Plaintext = some(v.GetPlaintext())
	}
	if v.owner != nil {
		key.Identity = &identityv2.Identity{
			Id: v.owner.GetId(), ExternalId: v.owner.GetExternalId(), Meta: meta(v.owner),
			Ratelimits: shownLimitsV2(v.owner.GetRatelimits()),
		}
	}
	return key
}

// shownRefillV2 is nil for credits that are not renewed.
func shownRefillV2(c *storev1.KeyCredits) *identityv2.KeyCreditsRefill {
	r := shownRefillV1(c)
	if r == nil {
		return nil
	}
	return &identityv2.KeyCreditsRefill{Interval: r.GetInterval(), Amount: r.GetAmount(), RefillDay: r.RefillDay}
}

func shownLimitsV2(rows []*storev1.IdentityRatelimit) []*identityv2.Ratelimit {
	all := make([]*identityv2.Ratelimit, len(rows))
	for i, l := range rows {
		all[i] = &identityv2.Ratelimit{
			Id: l.GetId(), Name: l.GetName(), Limit: l.GetLimit(), Duration: l.GetDurationMs(), AutoApply: l.GetAutoApply(),
		}
	}
	return all
}
