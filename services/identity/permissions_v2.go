package identity

import (
	"cmp"
	"context"

	"google.golang.org/protobuf/proto"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// permissionsV2 serves PermissionService of v2.
type permissionsV2 struct {
	identityv2.UnimplementedPermissionServiceServer
	s *Service
}

func (h permissionsV2) CreatePermission(ctx context.Context, r *identityv2.CreatePermissionRequest) (*identityv2.CreatePermissionResponse, error) {
	made, err := h.s.createPermission(ctx, r.GetName(), r.GetSlug(), r.GetDescription())
	if err != nil {
		return nil, err
	}
	return &identityv2.CreatePermissionResponse{PermissionId: made}, nil
}

func (h permissionsV2) GetPermission(ctx context.Context, r *identityv2.GetPermissionRequest) (*identityv2.GetPermissionResponse, error) {
	p, err := auth.Require(ctx, permReadPermission)
	if err != nil {
		return nil, err
	}
	answer := &identityv2.GetPermissionResponse{}
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		row, err := h.s.tables.findPermission(tx, p.Tenant, r.GetPermission())
		answer.Permission = permissionV2(row)
		return err
	})
	return answer, err
}

func (h permissionsV2) ListPermissions(ctx context.Context, r *identityv2.ListPermissionsRequest) (*identityv2.ListPermissionsResponse, error) {
	p, err := auth.Require(ctx, permReadPermission)
	if err != nil {
		return nil, err
	}
	answer := &identityv2.ListPermissionsResponse{}
	list := page.Scope{Method: identityv2.PermissionService_ListPermissions_FullMethodName, Tenant: string(p.Tenant), Filter: []string{r.GetSearch()}}
	answer.Pagination, err = h.s.page(ctx, list, r, func(tx kv.Reader, after []byte, size int) ([]byte, error) {
		rows := h.s.tables.perms.All(tx, table.Of(p.Tenant), table.Page{After: after})
		found, next, err := matching(h.s.tables.perms, rows, size, func(m *storev1.Permission) bool {
			return contains(r.GetSearch(), m.GetId(), m.GetName(), m.GetSlug(), m.GetDescription())
		})
		answer.Permissions = permissionsOfV2(found)
		return next, err
	})
	return answer, err
}

func (h permissionsV2) DeletePermission(ctx context.Context, r *identityv2.DeletePermissionRequest) (*identityv2.DeletePermissionResponse, error) {
	return &identityv2.DeletePermissionResponse{}, h.s.deletePermission(ctx, r.GetPermission())
}

func (h permissionsV2) CreateRole(ctx context.Context, r *identityv2.CreateRoleRequest) (*identityv2.CreateRoleResponse, error) {
	made, err := h.s.createRole(ctx, r.GetName(), r.GetDescription(), r.GetPermissions())
	if err != nil {
		return nil, err
	}
	return &identityv2.CreateRoleResponse{RoleId: made}, nil
}

func (h permissionsV2) GetRole(ctx context.Context, r *identityv2.GetRoleRequest) (*identityv2.GetRoleResponse, error) {
	p, err := auth.Require(ctx, permReadRole)
	if err != nil {
		return nil, err
	}
	answer := &identityv2.GetRoleResponse{}
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		row, err := h.s.tables.findRole(tx, p.Tenant, r.GetRole())
		if err != nil {
			return err
		}
		granted, err := rowsOf(tx, h.s.tables.perms, p.Tenant, row.GetPermissionIds())
		answer.Role = roleV2(row, granted)
		return err
	})
	return answer, err
}

func (h permissionsV2) ListRoles(ctx context.Context, r *identityv2.ListRolesRequest) (*identityv2.ListRolesResponse, error) {
	p, err := auth.Require(ctx, permReadRole)
	if err != nil {
		return nil, err
	}
	answer := &identityv2.ListRolesResponse{}
	list := page.Scope{Method: identityv2.PermissionService_ListRoles_FullMethodName, Tenant: string(p.Tenant), Filter: []string{r.GetSearch()}}
	answer.Pagination, err = h.s.page(ctx, list, r, func(tx kv.Reader, after []byte, size int) ([]byte, error) {
		rows := h.s.tables.roles.All(tx, table.Of(p.Tenant), table.Page{After: after})
		found, next, err := matching(h.s.tables.roles, rows, size, func(m *storev1.Role) bool {
			return contains(r.GetSearch(), m.GetId(), m.GetName(), m.GetDescription())
		})
		if err != nil {
			return nil, err
		}
		var more []byte
		answer.Roles, more, err = h.s.tables.rolesV2(tx, p.Tenant, found)
		if more != nil {
			next = more
		}
		return next, err
	})
	return answer, err
}

func (h permissionsV2) DeleteRole(ctx context.Context, r *identityv2.DeleteRoleRequest) (*identityv2.DeleteRoleResponse, error) {
	return &identityv2.DeleteRoleResponse{}, h.s.deleteRole(ctx, r.GetRole())
}

func (h permissionsV2) SetRolePermissions(ctx context.Context, r *identityv2.SetRolePermissionsRequest) (*identityv2.SetRolePermissionsResponse, error) {
	granted, err := h.s.setRolePermissions(ctx, r.GetRoleId(), r.GetPermissions())
	return &identityv2.SetRolePermissionsResponse{Permissions: permissionsOfV2(granted)}, err
}

func permissionV2(m *storev1.Permission) *identityv2.Permission {
	return &identityv2.Permission{Id: m.GetId(), Name: m.GetName(), Slug: m.GetSlug(), Description: some(m.GetDescription())}
}

func permissionsOfV2(rows []*storev1.Permission) []*identityv2.Permission {
	all := make([]*identityv2.Permission, len(rows))
	for i, row := range rows {
		all[i] = permissionV2(row)
	}
	return all
}

func roleV2(m *storev1.Role, granted []*storev1.Permission) *identityv2.Role {
	return &identityv2.Role{
		Id: m.GetId(), Name: m.GetName(), Description: some(m.GetDescription()), Permissions: permissionsOfV2(granted),
	}
}

// rolesV2 are rows with what they allow, up to answerBytes, and the position that the rest
// comes after; nil when all are there.
func (t *tables) rolesV2(tx kv.Reader, of tenant.ID, rows []*storev1.Role) (all []*identityv2.Role, next []byte, err error) {
	known := map[string]*storev1.Permission{}
	bytes := 0
	for i, m := range rows {
		granted, err := t.permissionsOf(tx, of, known, m.GetPermissionIds())
		if err != nil {
			return nil, nil, err
		}
		role := roleV2(m, granted)
		if bytes += proto.Size(role); bytes > answerBytes && i > 0 {
			return all, t.roles.Position(rows[i-1]), nil
		}
		all = append(all, role)
	}
	return all, nil, nil
}

// page runs a list of v2: read returns the position that the rest comes after.
func (s *Service) page(ctx context.Context, list page.Scope, r interface {
	GetLimit() int32
	GetCursor() string
}, read func(tx kv.Reader, after []byte, size int) (next []byte, err error)) (*identityv2.Pagination, error) {
	after, err := s.deps.Cursors.Decode(list, r.GetCursor())
	if err != nil {
		return nil, err
	}
	var next []byte
	err = s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		next, err = read(tx, after, cmp.Or(int(r.GetLimit()), page.DefaultSize))
		return err
	})
	if err != nil || next == nil {
		return &identityv2.Pagination{}, err
	}
	cursor, err := s.deps.Cursors.Encode(list, next)
	return &identityv2.Pagination{Cursor: &cursor, HasMore: true}, err
}
