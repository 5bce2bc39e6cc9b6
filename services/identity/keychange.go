package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// keyChange is what an update does to a key. It is made before the transaction and
// applied in it; what is nil stays.
type keyChange struct {
	id      string
	actions []string // what the caller has to be allowed, beside what granting asks for
	at      time.Time

	edits       []func(*storev1.Key)
	owner       *owner
	setOwner    bool
	credits     *creditChange
	left        *storev1.KeyCredits // after credits; nil for any number
	permissions *granting[*storev1.Permission]
	roles       *granting[*storev1.Role]
	// done is nil where what is given and taken is all that is recorded.
	done *audit.Entry
}

// newKeyChange starts a change of fields.
func newKeyChange(ctx context.Context, id string, fields []string) *keyChange {
	done := audit.Event(ctx, "key.update", id).With("fields", strings.Join(fields, " "))
	return &keyChange{id: id, actions: []string{actionUpdateKey}, at: time.Now(), done: &done}
}

func (c *keyChange) edit(fn func(*storev1.Key)) { c.edits = append(c.edits, fn) }

// updateKey applies a change and returns what the key may do then.
func (s *Service) updateKey(ctx context.Context, c *keyChange) (g grants, err error) {
	p, err := requireTenant(ctx)
	if err != nil {
		return g, err
	}
	var digest []byte
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := s.tables.keyFor(tx, p, c.id, c.actions...)
		if err != nil {
			return err
		}
		digest = old.GetDigest()
		key, err := s.tables.change(tx, old, c)
		if err != nil {
			return err
		}
		g, err = s.tables.grantsOf(tx, p.Tenant, key)
		return err
	})
	if err == nil {
		s.keyChanged(digest)
	}
	return g, err
}

func (t *tables) change(tx kv.Writer, old *storev1.Key, c *keyChange) (*storev1.Key, error) {
	of := tenant.ID(old.GetTenant())
	key := proto.CloneOf(old)
	key.UpdatedAtMs = c.at.UnixMilli()
	for _, edit := range c.edits {
		edit(key)
	}
	var err error
	if c.setOwner {
		if key.IdentityId, err = t.ownerID(tx, of, c.owner); err != nil {
			return nil, err
		}
	}
	if c.permissions != nil {
		if key.PermissionIds, err = c.permissions.apply(t, tx, of, key.GetId(), old.GetPermissionIds()); err != nil {
			return nil, err
		}
	}
	if c.roles != nil {
		if key.RoleIds, err = c.roles.apply(t, tx, of, key.GetId(), old.GetRoleIds()); err != nil {
			return nil, err
		}
	}
	if c.done == nil && slices.Equal(old.GetPermissionIds(), key.GetPermissionIds()) && slices.Equal(old.GetRoleIds(), key.GetRoleIds()) {
		return old, nil // it has all that already
	}
	if err := t.changeCredits(tx, key, c); err != nil {
		return nil, err
	}
	if err := t.keys.Replace(tx, table.Of(of), old, key); err != nil || c.done == nil {
		return key, err
	}
	return key, t.audit.Write(tx, table.Of(of), *c.done)
}

// creditChange is what an update does to a key's credits.
type creditChange struct {
	// unlimited ends the counting; the rest is not looked at then.
	unlimited bool
	remaining *int64
	// adjust changes what is left.
	adjust    func(left int64) int64
	refill    *refill
	setRefill bool
	// needless is the fault's text for renewing or adjusting what is not counted.
	needless string
}

// changeCredits keeps the record and the key's mark in step.
func (t *tables) changeCredits(tx kv.Writer, key *storev1.Key, c *keyChange) error {
	if c.credits == nil {
		return nil
	}
	c.left = nil
	of := tenant.ID(key.GetTenant())
	stored, err := t.credits.Get(tx, table.Of(of), key.GetId())
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	known := err == nil
	if c.credits.unlimited {
		key.Limited = false
		if known {
			return t.credits.Delete(tx, table.Of(of), stored)
		}
		return nil
	}
	now, err := t.creditsOf(tx, of, key, c.at)
	if err != nil {
		return err
	}
	next, err := c.credits.apply(key.GetId(), now, c.at)
	if err != nil || next == nil {
		return err
	}
	key.Limited, c.left = true, next
	if known {
		return t.credits.Replace(tx, table.Of(of), stored, next)
	}
	return t.credits.Insert(tx, table.Of(of), next)
}

// apply returns the credits after the change; nil stays any number. The time of the
// setting counts as a renewal: what was set is not replaced before the next one.
func (c *creditChange) apply(keyID string, now *storev1.KeyCredits, at time.Time) (*storev1.KeyCredits, error) {
	if now == nil && c.remaining == nil {
		if c.refill != nil || c.adjust != nil {
			return nil, fault.InvalidArgument(reasonKeyInvalid, "%s", c.needless)
		}
		return nil, nil
	}
	next := &storev1.KeyCredits{KeyId: keyID}
	if now != nil {
		next = proto.CloneOf(now)
	}
	next.RefilledAtMs = at.UnixMilli()
	if c.remaining != nil {
		next.Remaining = *c.remaining
	}
	if c.adjust != nil {
		next.Remaining = c.adjust(next.GetRemaining())
	}
	if c.setRefill {
		c.refill.set(next)
	}
	return next, nil
}

// grantChange gives or takes permissions or roles, and records nothing else.
func grantChange(id string, actions ...string) *keyChange {
	return &keyChange{id: id, actions: actions, at: time.Now()}
}

// requireAll refuses a caller who lacks one of the permissions.
func requireAll(ctx context.Context, all ...auth.Permission) error {
	for _, p := range all {
		if _, err := auth.Require(ctx, p); err != nil {
			return err
		}
	}
	return nil
}
