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

// findRole returns a tenant's role by its id or name.
func (t *tables) findRole(tx kv.Reader, of tenant.ID, name string) (*storev1.Role, error) {
	row, err := t.roles.Get(tx, table.Of(of), name)
	if errors.Is(err, kv.ErrNotFound) {
		row, err = t.roles.Find(tx, table.Of(of), byName, name)
	}
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonRoleUnknown, "role %s not found", name)
	}
	return row, err
}

// createRole serves both versions; only v2 gives a role permissions when it is made.
func (s *Service) createRole(ctx context.Context, name, description string, slugs []string) (string, error) {
	p, err := auth.Require(ctx, permCreateRole)
	if err != nil {
		return "", err
	}
	if len(slugs) > 0 && !p.Allows(permAddToRole) {
		return "", auth.Denied(permAddToRole)
	}
	wanted := newGranting(ctx, permissionKind, grantSet, words(true, slugs))
	role := &storev1.Role{Id: id.New("role"), Name: name, Description: description, CreatedAtMs: time.Now().UnixMilli()}
	done := audit.Event(ctx, "role.create", role.GetId())
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		ids, err := wanted.resolve(&s.tables, tx, p.Tenant)
		if err != nil {
			return err
		}
		role := proto.CloneOf(role)
		role.PermissionIds = ids
		if err := s.tables.roles.Insert(tx, table.Of(p.Tenant), role); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done)
	})
	if errors.Is(err, table.ErrExists) {
		return "", fault.AlreadyExists(reasonRoleTaken, "role with name \"%s\" already exists", name)
	}
	return role.GetId(), err
}

// setRolePermissions gives a role exactly these permissions and returns them.
func (s *Service) setRolePermissions(ctx context.Context, name string, slugs []string) (granted []*storev1.Permission, err error) {
	p, err := auth.Require(ctx, permAddToRole)
	if err == nil && !p.Allows(permRemoveFromRole) {
		err = auth.Denied(permRemoveFromRole)
	}
	if err != nil {
		return nil, err
	}
	wanted := newGranting(ctx, permissionKind, grantSet, words(true, slugs))
	done := audit.Event(ctx, "role.update", "")
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := s.tables.findRole(tx, p.Tenant, name)
		if err != nil {
			return err
		}
		ids, err := wanted.resolve(&s.tables, tx, p.Tenant)
		if err != nil {
			return err
		}
		if granted, err = rowsOf(tx, s.tables.perms, p.Tenant, ids); err != nil {
			return err
		}
		role := proto.CloneOf(old)
		role.PermissionIds = ids
		if err := s.tables.roles.Replace(tx, table.Of(p.Tenant), old, role); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done.On(role.GetId()))
	})
	if err != nil {
		return nil, err
	}
	s.tenantChanged(p.Tenant)
	return granted, nil
}

// deleteRole takes it from keys, too: they go on naming its id, which counts for nothing
// from then on.
func (s *Service) deleteRole(ctx context.Context, name string) error {
	p, err := auth.Require(ctx, permDeleteRole)
	if err != nil {
		return err
	}
	return remove(ctx, s, p, s.tables.roles, "role.delete", func(tx kv.Reader) (*storev1.Role, error) {
		return s.tables.findRole(tx, p.Tenant, name)
	})
}
