package identity

import (
	"context"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
)

// Permissions to give and take what keys may do.
const (
	permAddPermission    auth.Permission = "rbac.*.add_permission_to_key"
	permRemovePermission auth.Permission = "rbac.*.remove_permission_from_key"
	permAddRole          auth.Permission = "rbac.*.add_role_to_key"
	permRemoveRole       auth.Permission = "rbac.*.remove_role_from_key"
)

func (k keys) AddPermissions(ctx context.Context, r *identityv1.AddPermissionsRequest) (*identityv1.AddPermissionsResponse, error) {
	g, err := k.permissions(ctx, r.GetKeyId(), grantAdd, r.GetPermissions(), permAddPermission)
	return &identityv1.AddPermissionsResponse{Permissions: shownPermissionsV1(g.permissions)}, err
}

func (k keys) RemovePermissions(ctx context.Context, r *identityv1.RemovePermissionsRequest) (*identityv1.RemovePermissionsResponse, error) {
	_, err := k.permissions(ctx, r.GetKeyId(), grantRemove, r.GetPermissions(), permRemovePermission)
	return &identityv1.RemovePermissionsResponse{}, err
}

func (k keys) SetPermissions(ctx context.Context, r *identityv1.SetPermissionsRequest) (*identityv1.SetPermissionsResponse, error) {
	g, err := k.permissions(ctx, r.GetKeyId(), grantSet, r.GetPermissions(), permAddPermission, permRemovePermission)
	return &identityv1.SetPermissionsResponse{Permissions: shownPermissionsV1(g.permissions)}, err
}

func (k keys) AddRoles(ctx context.Context, r *identityv1.AddRolesRequest) (*identityv1.AddRolesResponse, error) {
	g, err := k.roles(ctx, r.GetKeyId(), grantAdd, r.GetRoles(), permAddRole)
	return &identityv1.AddRolesResponse{Roles: shownRolesV1(g.roles)}, err
}

func (k keys) RemoveRoles(ctx context.Context, r *identityv1.RemoveRolesRequest) (*identityv1.RemoveRolesResponse, error) {
	_, err := k.roles(ctx, r.GetKeyId(), grantRemove, r.GetRoles(), permRemoveRole)
	return &identityv1.RemoveRolesResponse{}, err
}

func (k keys) SetRoles(ctx context.Context, r *identityv1.SetRolesRequest) (*identityv1.SetRolesResponse, error) {
	g, err := k.roles(ctx, r.GetKeyId(), grantSet, r.GetRoles(), permAddRole, permRemoveRole)
	return &identityv1.SetRolesResponse{Roles: shownRolesV1(g.roles)}, err
}

// permissions changes the permissions of a key, where the caller holds all that needs.
func (k keys) permissions(ctx context.Context, id string, mode grantMode, given []*identityv1.PermissionSelector, needs ...auth.Permission) (grants, error) {
	if err := requireAll(ctx, needs...); err != nil {
		return grants{}, err
	}
	wants := permissionWants(given)
	if err := checkWants("permissions", wants); err != nil {
		return grants{}, err
	}
	c := grantChange(id)
	c.permissions = newGranting(ctx, permissionKind, mode, wants)
	c.permissions.lax = mode == grantRemove
	return k.s.updateKey(ctx, c)
}

// roles changes the roles of a key, where the caller holds all that needs.
func (k keys) roles(ctx context.Context, id string, mode grantMode, given []*identityv1.RoleSelector, needs ...auth.Permission) (grants, error) {
	if err := requireAll(ctx, needs...); err != nil {
		return grants{}, err
	}
	wants := roleWants(given)
	if err := checkWants("roles", wants); err != nil {
		return grants{}, err
	}
	c := grantChange(id)
	c.roles = newGranting(ctx, roleKind, mode, wants)
	c.roles.lax = mode == grantRemove
	return k.s.updateKey(ctx, c)
}
