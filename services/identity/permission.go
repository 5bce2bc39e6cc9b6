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

// newPermission is a permission that may be inserted: it is made before the transaction,
// with the record of its making.
type newPermission struct {
	row  *storev1.Permission
	done audit.Entry
}

func makePermission(ctx context.Context, name, slug, description string) newPermission {
	row := &storev1.Permission{
		Id: id.New("perm"), Name: name, Slug: slug, Description: description, CreatedAtMs: time.Now().UnixMilli(),
	}
	return newPermission{row, audit.Event(ctx, "permission.create", row.GetId())}
}

// makePermissions makes one for each slug, repeats left out.
func makePermissions(ctx context.Context, slugs []string) []newPermission {
	seen := make(map[string]bool, len(slugs))
	all := make([]newPermission, 0, len(slugs))
	for _, slug := range slugs {
		if !seen[slug] {
			seen[slug] = true
			all = append(all, makePermission(ctx, slug, slug, ""))
		}
	}
	return all
}

func (t *tables) insertPermission(tx kv.Writer, of tenant.ID, p newPermission) error {
	if err := t.perms.Insert(tx, table.Of(of), p.row); err != nil {
		return err
	}
	return t.audit.Write(tx, table.Of(of), p.done)
}

// ensurePermissions returns the tenant's permissions of the same slugs, in order. What is
// missing is inserted if the caller may create permissions.
func (t *tables) ensurePermissions(tx kv.Writer, p *auth.Principal, wanted []newPermission) ([]*storev1.Permission, error) {
	rows := make([]*storev1.Permission, 0, len(wanted))
	for _, w := range wanted {
		row, err := t.perms.Find(tx, table.Of(p.Tenant), bySlug, w.row.GetSlug())
		if errors.Is(err, kv.ErrNotFound) {
			if !p.Allows(permCreatePermission) {
				return nil, auth.Denied(permCreatePermission)
			}
			row, err = w.row, t.insertPermission(tx, p.Tenant, w)
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

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
	made := makePermission(ctx, name, slug, description)
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		return s.tables.insertPermission(tx, p.Tenant, made)
	})
	if errors.Is(err, table.ErrExists) {
		return "", fault.AlreadyExists(reasonPermissionTaken, "permission with slug \"%s\" already exists", slug)
	}
	return made.row.GetId(), err
}

// deletePermission takes it from roles and keys, too: they go on naming its id, which
// counts for nothing from then on.
func (s *Service) deletePermission(ctx context.Context, name string) error {
	p, err := auth.Require(ctx, permDeletePermission)
	if err != nil {
		return err
	}
	done := audit.Event(ctx, "permission.delete", "")
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		row, err := s.tables.findPermission(tx, p.Tenant, name)
		if err != nil {
			return err
		}
		if err := s.tables.perms.Delete(tx, table.Of(p.Tenant), row); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done.On(row.GetId()))
	})
	if err == nil {
		s.tenantChanged(p.Tenant)
	}
	return err
}
