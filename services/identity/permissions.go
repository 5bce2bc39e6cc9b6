package identity

import (
	"cmp"
	"context"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// permissions serves PermissionService of v1.
type permissions struct {
	identityv1.UnimplementedPermissionServiceServer
	s *Service
}

func (h permissions) CreatePermission(ctx context.Context, r *identityv1.CreatePermissionRequest) (*identityv1.CreatePermissionResponse, error) {
	made, err := h.s.createPermission(ctx, r.GetName(), cmp.Or(r.GetSlug(), r.GetName()), r.GetDescription())
	if err != nil {
		return nil, err
	}
	return &identityv1.CreatePermissionResponse{PermissionId: made}, nil
}

func (h permissions) GetPermission(ctx context.Context, r *identityv1.GetPermissionRequest) (*identityv1.GetPermissionResponse, error) {
	p, err := auth.Require(ctx, permReadPermission)
	if err != nil {
		return nil, err
	}
	var answer *identityv1.GetPermissionResponse
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		row, err := h.s.tables.findPermission(tx, p.Tenant, r.GetPermissionId())
		answer = shownPermission(row)
		return err
	})
	return answer, err
}

// ListPermissions returns all of them, as v1 knows no pages here.
func (h permissions) ListPermissions(ctx context.Context, _ *identityv1.ListPermissionsRequest) (*identityv1.ListPermissionsResponse, error) {
	p, err := auth.Require(ctx, permReadPermission)
	if err != nil {
		return nil, err
	}
	answer := &identityv1.ListPermissionsResponse{}
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		answer.Permissions = nil
		for row, err := range h.s.tables.perms.All(tx, table.Of(p.Tenant), table.Page{}) {
			if err != nil {
				return err
			}
			answer.Permissions = append(answer.Permissions, shownPermission(row))
		}
		return nil
	})
	return answer, err
}

func (h permissions) DeletePermission(ctx context.Context, r *identityv1.DeletePermissionRequest) (*identityv1.DeletePermissionResponse, error) {
	return &identityv1.DeletePermissionResponse{}, h.s.deletePermission(ctx, r.GetPermissionId())
}

func (h permissions) CreateRole(ctx context.Context, r *identityv1.CreateRoleRequest) (*identityv1.CreateRoleResponse, error) {
	made, err := h.s.createRole(ctx, r.GetName(), r.GetDescription(), nil)
	if err != nil {
		return nil, err
	}
	return &identityv1.CreateRoleResponse{RoleId: made}, nil
}

func (h permissions) GetRole(ctx context.Context, r *identityv1.GetRoleRequest) (*identityv1.GetRoleResponse, error) {
	p, err := auth.Require(ctx, permReadRole)
	if err != nil {
		return nil, err
	}
	var answer *identityv1.GetRoleResponse
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		row, err := h.s.tables.findRole(tx, p.Tenant, r.GetRoleId())
		answer = shownRole(row)
		return err
	})
	return answer, err
}

// ListRoles returns all of them, as v1 knows no pages here.
func (h permissions) ListRoles(ctx context.Context, _ *identityv1.ListRolesRequest) (*identityv1.ListRolesResponse, error) {
	p, err := auth.Require(ctx, permReadRole)
	if err != nil {
		return nil, err
	}
	answer := &identityv1.ListRolesResponse{}
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		answer.Roles = nil
		for row, err := range h.s.tables.roles.All(tx, table.Of(p.Tenant), table.Page{}) {
			if err != nil {
				return err
			}
			answer.Roles = append(answer.Roles, shownRole(row))
		}
		return nil
	})
	return answer, err
}

func (h permissions) DeleteRole(ctx context.Context, r *identityv1.DeleteRoleRequest) (*identityv1.DeleteRoleResponse, error) {
	return &identityv1.DeleteRoleResponse{}, h.s.deleteRole(ctx, r.GetRoleId())
}

func shownPermission(m *storev1.Permission) *identityv1.GetPermissionResponse {
	return &identityv1.GetPermissionResponse{Id: m.GetId(), Name: m.GetName(), Slug: m.GetSlug(), Description: some(m.GetDescription())}
}

func shownRole(m *storev1.Role) *identityv1.GetRoleResponse {
	return &identityv1.GetRoleResponse{Id: m.GetId(), Name: m.GetName(), Description: some(m.GetDescription())}
}

// some is nil for the zero value: answers leave out what nobody gave.
func some[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
