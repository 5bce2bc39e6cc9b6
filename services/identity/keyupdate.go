package identity

import (
	"cmp"
	"context"
	"slices"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func (k keys) UpdateKey(ctx context.Context, r *identityv1.UpdateKeyRequest) (*identityv1.UpdateKeyResponse, error) {
	fields, err := named(r, "key_id")
	if err != nil {
		return nil, err
	}
	c := newKeyChange(ctx, r.GetKeyId(), fields)
	if err := c.readV1(ctx, r, fields); err != nil {
		return nil, err
	}
	_, err = k.s.updateKey(ctx, c)
	return &identityv1.UpdateKeyResponse{}, err
}

// readV1 takes over what r's fields say; those that are named and unset clear.
func (c *keyChange) readV1(ctx context.Context, r *identityv1.UpdateKeyRequest, fields []string) error {
	changes := func(f string) bool { return slices.Contains(fields, f) }
	if changes("name") {
		c.edit(func(k *storev1.Key) { k.Name = r.GetName() })
	}
	if changes("meta") {
		c.edit(func(k *storev1.Key) { k.Meta = r.GetMeta() })
	}
	if changes("expires") {
		c.edit(func(k *storev1.Key) { k.ExpiresAtMs = r.GetExpires() })
	}
	if changes("enabled") {
		// Null can't mean off: a key is on unless it is switched off.
		c.edit(func(k *storev1.Key) { k.Enabled = r.Enabled == nil || r.GetEnabled() })
	}
	if changes("external_id") || changes("owner_id") {
		id := r.GetOwnerId()
		if changes("external_id") {
			id = r.GetExternalId()
		}
		c.owner, c.setOwner = newOwner(ctx, id), true
	}
	if changes("permissions") {
		c.permissions = newGranting(ctx, permissionKind, grantSet, permissionWants(r.GetPermissions()))
		c.permissions.linking = true
	}
	if changes("roles") {
		c.roles = newGranting(ctx, roleKind, grantSet, roleWants(r.GetRoles()))
		c.roles.linking = true
	}
	if err := c.readLimitV1(r, changes("ratelimit")); err != nil {
		return err
	}
	if err := c.readCreditsV1(r, changes("remaining"), changes("refill")); err != nil {
		return err
	}
	return cmp.Or(checkWants("permissions", permissionWants(r.GetPermissions())), checkWants("roles", roleWants(r.GetRoles())))
}

func (c *keyChange) readLimitV1(r *identityv1.UpdateKeyRequest, changes bool) error {
	if !changes {
		return nil
	}
	limit, err := limitV1(r.GetRatelimit())
	c.edit(func(k *storev1.Key) {
		k.Ratelimits = withDefault(k.GetRatelimits(), limit)
		k.AsyncRatelimit = asyncV1(r.GetRatelimit())
	})
	return err
}

func (c *keyChange) readCreditsV1(r *identityv1.UpdateKeyRequest, remaining, refill bool) error {
	const needless = "Cannot set refill on a key with unlimited requests"
	if !remaining && !refill {
		return nil
	}
	unlimited := remaining && r.Remaining == nil
	if unlimited && r.GetRefill() != nil {
		return fault.InvalidArgument(reasonKeyInvalid, needless)
	}
	renewal, err := refillV1(r.GetRefill(), "Cannot set 'refillDay' if 'interval' is 'daily'")
	c.credits = &creditChange{
		unlimited: unlimited, remaining: r.Remaining, refill: renewal, setRefill: refill, needless: needless,
	}
	return err
}

func permissionWants(given []*identityv1.PermissionSelector) []want {
	wants := make([]want, len(given))
	for i, p := range given {
		wants[i] = want{id: p.GetId(), word: cmp.Or(p.GetSlug(), p.GetName()), create: p.GetCreate() && p.GetId() == ""}
	}
	return wants
}

func roleWants(given []*identityv1.RoleSelector) []want {
	wants := make([]want, len(given))
	for i, r := range given {
		wants[i] = want{id: r.GetId(), word: r.GetName(), create: r.GetCreate() && r.GetId() == ""}
	}
	return wants
}
