package identity

import (
	"context"
	"errors"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Permissions over permissions and roles.
const (
	permCreatePermission auth.Permission = "rbac.*.create_permission"
	permReadPermission   auth.Permission = "rbac.*.read_permission"
	permDeletePermission auth.Permission = "rbac.*.delete_permission"
	permCreateRole       auth.Permission = "rbac.*.create_role"
	permReadRole         auth.Permission = "rbac.*.read_role"
	permDeleteRole       auth.Permission = "rbac.*.delete_role"
	permAddToRole        auth.Permission = "rbac.*.add_permission_to_role"
	permRemoveFromRole   auth.Permission = "rbac.*.remove_permission_from_role"
)

const (
	reasonPermissionUnknown = "PERMISSION_NOT_FOUND"
	reasonPermissionTaken   = "PERMISSION_ALREADY_EXISTS"
	reasonRoleUnknown       = "ROLE_NOT_FOUND"
	reasonRoleTaken         = "ROLE_ALREADY_EXISTS"
)

// findPermission returns a tenant's permission by its id or slug.
func (t *tables) findPermission(tx kv.Reader, of tenant.ID, name string) (*storev1.Permission, error) {
	row, err := t.perms.Get(tx, table.Of(of), name)
	if errors.Is(err, kv.ErrNotFound) {
		row, err = t.perms.Find(tx, table.Of(of), bySlug, name)
	}
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonPermissionUnknown, "permission %s not found", name)
	}
	return row, err
}

// createPermission serves both versions.
func (s *Service) createPermission(ctx context.Context, name, slug, description string) (string, error) {
	p, err := auth.Require(ctx, permCreatePermission)
	if err != nil {
		return "", err
	}
	made := permissionKind.fresh(id.New(permissionKind.prefix), slug, time.Now().UnixMilli())
	made.Name, made.Description = name, description
	done := audit.Event(ctx, "permission.create", made.GetId())
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := s.tables.perms.Insert(tx, table.Of(p.Tenant), made); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done)
	})
	if errors.Is(err, table.ErrExists) {
		return "", fault.AlreadyExists(reasonPermissionTaken, "permission with slug \"%s\" already exists", slug)
	}
	return made.GetId(), err
}

// deletePermission takes it from roles and keys, too: they go on naming its id, which
// counts for nothing from then on.
func (s *Service) deletePermission(ctx context.Context, name string) error {
	p, err := auth.Require(ctx, permDeletePermission)
	if err != nil {
		return err
	}
	return remove(ctx, s, p, s.tables.perms, "permission.delete", func(tx kv.Reader) (*storev1.Permission, error) {
		return s.tables.findPermission(tx, p.Tenant, name)
	})
}
