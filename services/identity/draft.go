package identity

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// draft is a key in the making. All that is random or dated is in it; what depends on
// what exists is settled by addKey.
type draft struct {
	key         *storev1.Key
	credits     *storev1.KeyCredits // nil for any number of uses
	owner       *owner              // nil for nobody
	permissions *granting[*storev1.Permission]
	roles       *granting[*storev1.Role]
	done        audit.Entry
}

// newDraft starts a key of an API that works and may be used any number of times.
func newDraft(ctx context.Context, of tenant.ID, api string) *draft {
	d := &draft{key: &storev1.Key{
		Id: id.New("key"), Tenant: string(of), ApiId: api, Enabled: true, CreatedAtMs: time.Now().UnixMilli(),
	}}
	d.done = audit.Event(ctx, "key.create", d.key.GetId()).With("api", api)
	return d
}

// limit bounds how often the key may be used; nil does not.
func (d *draft) limit(c *storev1.KeyCredits) {
	if c == nil {
		return
	}
	c.KeyId, c.RefilledAtMs = d.key.GetId(), d.key.GetCreatedAtMs()
	d.key.Limited, d.credits = true, c
}

// grant gives the key permissions by slug and roles by name.
func (d *draft) grant(ctx context.Context, permissions, roles []want) {
	d.permissions = newGranting(ctx, permissionKind, grantAdd, permissions)
	d.roles = newGranting(ctx, roleKind, grantAdd, roles)
}

// addKey adds a key to an API, which has to exist, and returns it as it is stored.
func (t *tables) addKey(tx kv.Writer, d *draft) (*storev1.Key, error) {
	of := tenant.ID(d.key.GetTenant())
	if _, err := t.api(tx, of, d.key.GetApiId()); err != nil {
		return nil, err
	}
	key := proto.CloneOf(d.key)
	var err error
	if key.IdentityId, err = t.ownerID(tx, of, d.owner); err != nil {
		return nil, err
	}
	if key.PermissionIds, err = d.permissions.apply(t, tx, of, key.GetId(), key.GetPermissionIds()); err != nil {
		return nil, err
	}
	if key.RoleIds, err = d.roles.apply(t, tx, of, key.GetId(), key.GetRoleIds()); err != nil {
		return nil, err
	}
	return key, t.insertKey(tx, key, d)
}

func (t *tables) insertKey(tx kv.Writer, key *storev1.Key, d *draft) error {
	err := t.keys.Insert(tx, scopeOf(key), key)
	if errors.Is(err, table.ErrExists) {
		return fault.AlreadyExists(reasonKeyTaken, "there is a key with this hash already")
	}
	if err == nil && d.credits != nil {
		err = t.credits.Insert(tx, scopeOf(key), d.credits)
	}
	if err != nil {
		return err
	}
	return t.audit.Write(tx, scopeOf(key), d.done)
}

// createKey stores a key and lets it be found at once.
func (s *Service) createKey(ctx context.Context, d *draft) error {
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		_, err := s.tables.addKey(tx, d)
		return err
	})
	if err != nil {
		return err
	}
	// It may have been looked for before.
	s.keyChanged(d.key.GetDigest())
	return nil
}

// owner is the identity that a key is given to, by external id. It is made when there is
// none.
type owner struct {
	fresh *storev1.Identity
	done  audit.Entry
}

// newOwner is nil, nobody, for no external id.
func newOwner(ctx context.Context, externalID string) *owner {
	if externalID == "" {
		return nil
	}
	o := &owner{fresh: &storev1.Identity{
		Id: id.New("id"), ExternalId: externalID, Environment: environment, CreatedAtMs: time.Now().UnixMilli(),
	}}
	o.done = audit.Event(ctx, "identity.create", o.fresh.GetId())
	return o
}

// ownerID returns the id of the identity, which exists then; none for nil.
func (t *tables) ownerID(tx kv.Writer, of tenant.ID, o *owner) (string, error) {
	if o == nil {
		return "", nil
	}
	m, err := t.identities.Find(tx, table.Of(of), byExternalID, o.fresh.GetExternalId())
	if err == nil || !errors.Is(err, kv.ErrNotFound) {
		return m.GetId(), err
	}
	if err := t.identities.Insert(tx, table.Of(of), o.fresh); err != nil {
		return "", err
	}
	return o.fresh.GetId(), t.audit.Write(tx, table.Of(of), o.done)
}

// requireRecoverable lets the key be shown again, if the caller may keep it.
func (d *draft) requireRecoverable(ctx context.Context, secret string) error {
	if _, err := auth.Require(ctx, anyAPI(actionEncryptKey), oneAPI(d.key.GetApiId(), actionEncryptKey)); err != nil {
		return err
	}
	d.key.Plaintext = secret
	return nil
}
