package identity

import (
	"context"
	"slices"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func (k keysV2) UpdateKey(ctx context.Context, r *identityv2.UpdateKeyRequest) (*identityv2.UpdateKeyResponse, error) {
	fields, err := named(r, "key_id")
	if err != nil {
		return nil, err
	}
	c := newKeyChange(ctx, r.GetKeyId(), fields)
	if err := c.readV2(ctx, r, fields); err != nil {
		return nil, err
	}
	_, err = k.s.updateKey(ctx, c)
	return &identityv2.UpdateKeyResponse{}, err
}

// readV2 takes over what r's fields say; those that are named and unset clear.
func (c *keyChange) readV2(ctx context.Context, r *identityv2.UpdateKeyRequest, fields []string) error {
	changes := func(f string) bool { return slices.Contains(fields, f) }
	if changes("name") {
		c.edit(func(k *storev1.Key) { k.Name = r.GetName() })
	}
	if changes("meta") {
		c.edit(func(k *storev1.Key) { k.Meta = r.GetMeta() })
	}
	if changes("expires") {
		end := int64(0)
		if r.Expires != nil {
			end = endV2(r.GetExpires())
		}
		c.edit(func(k *storev1.Key) { k.ExpiresAtMs = end })
	}
	if changes("enabled") {
		c.edit(func(k *storev1.Key) { k.Enabled = r.Enabled == nil || r.GetEnabled() })
	}
	if changes("external_id") {
		c.owner, c.setOwner = newOwner(ctx, r.GetExternalId()), true
	}
	if changes("ratelimits") {
		limits := limitsV2(r.GetRatelimits())
		c.edit(func(k *storev1.Key) { k.Ratelimits = withIDs(limits, k.GetRatelimits()) })
	}
	if changes("permissions") {
		c.permissions = newGranting(ctx, permissionKind, grantSet, words(true, r.GetPermissions()))
	}
	if changes("roles") {
		c.roles = newGranting(ctx, roleKind, grantSet, words(false, r.GetRoles()))
	}
	if !changes("credits") {
		return nil
	}
	return c.readCreditsV2(r.GetCredits())
}

// readCreditsV2 takes over what is named of the credits; nil is unlimited.
func (c *keyChange) readCreditsV2(given *identityv2.UpdateKeyCredits) error {
	const needless = "`credits.remaining` must be provided when `credits.refill` is set."
	if given == nil {
		c.credits = &creditChange{unlimited: true}
		return nil
	}
	fields, err := named(given)
	if err != nil {
		return err
	}
	unlimited := slices.Contains(fields, "remaining") && given.Remaining == nil
	if unlimited && given.GetRefill() != nil {
		return fault.InvalidArgument(reasonKeyInvalid, needless)
	}
	renewal, err := refillV2(given.GetRefill())
	c.credits = &creditChange{
		unlimited: unlimited, remaining: given.Remaining, refill: renewal,
		setRefill: slices.Contains(fields, "refill"), needless: needless,
	}
	return err
}
