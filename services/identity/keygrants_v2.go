package identity

import (
	"context"

	"google.golang.org/protobuf/proto"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/auth"
)

func (k keysV2) AddPermissions(ctx context.Context, r *identityv2.AddPermissionsRequest) (*identityv2.AddPermissionsResponse, error) {
	g, err := k.permissions(ctx, r.GetKeyId(), grantAdd, words(true, r.GetPermissions()), permAddPermission)
	return &identityv2.AddPermissionsResponse{Permissions: permissionsOfV2(g.permissions)}, err
}

func (k keysV2) RemovePermissions(ctx context.Context, r *identityv2.RemovePermissionsRequest) (*identityv2.RemovePermissionsResponse, error) {
	wants := words(false, r.GetPermissions())
	for i := range wants {
		wants[i].orID = true
	}
	g, err := k.permissions(ctx, r.GetKeyId(), grantRemove, wants, permRemovePermission)
	return &identityv2.RemovePermissionsResponse{Permissions: permissionsOfV2(g.permissions)}, err
}

func (k keysV2) SetPermissions(ctx context.Context, r *identityv2.SetPermissionsRequest) (*identityv2.SetPermissionsResponse, error) {
	g, err := k.permissions(ctx, r.GetKeyId(), grantSet, words(true, r.GetPermissions()), permAddPermission, permRemovePermission)
	return &identityv2.SetPermissionsResponse{Permissions: permissionsOfV2(g.permissions)}, err
}

func (k keysV2) AddRoles(ctx context.Context, r *identityv2.AddRolesRequest) (*identityv2.AddRolesResponse, error) {
	g, err := k.roles(ctx, r.GetKeyId(), grantAdd, r.GetRoles(), permAddRole)
	return &identityv2.AddRolesResponse{Roles: shownRolesV2(g)}, err
}

func (k keysV2) RemoveRoles(ctx context.Context, r *identityv2.RemoveRolesRequest) (*identityv2.RemoveRolesResponse, error) {
	g, err := k.roles(ctx, r.GetKeyId(), grantRemove, r.GetRoles(), permRemoveRole)
	return &identityv2.RemoveRolesResponse{Roles: shownRolesV2(g)}, err
}

func (k keysV2) SetRoles(ctx context.Context, r *identityv2.SetRolesRequest) (*identityv2.SetRolesResponse, error) {
	g, err := k.roles(ctx, r.GetKeyId(), grantSet, r.GetRoles(), permAddRole, permRemoveRole)
	return &identityv2.SetRolesResponse{Roles: shownRolesV2(g)}, err
}

// permissions changes the permissions of a key, where the caller holds all that needs
// and may change the key.
func (k keysV2) permissions(ctx context.Context, id string, mode grantMode, wants []want, needs ...auth.Permission) (grants, error) {
	if err := requireAll(ctx, needs...); err != nil {
		return grants{}, err
	}
	c := grantChange(id, actionUpdateKey)
	c.permissions = newGranting(ctx, permissionKind, mode, wants)
	return k.s.updateKey(ctx, c)
}

// roles changes the roles of a key, where the caller holds all that needs and may change
// the key.
func (k keysV2) roles(ctx context.Context, id string, mode grantMode, names []string, needs ...auth.Permission) (grants, error) {
	if err := requireAll(ctx, needs...); err != nil {
		return grants{}, err
	}
	c := grantChange(id, actionUpdateKey)
	c.roles = newGranting(ctx, roleKind, mode, words(false, names))
	return k.s.updateKey(ctx, c)
}

// shownRolesV2 are a key's roles, each with what it allows. Behind answerBytes of that, it
// is left out: roles are many, and often allow the same.
func shownRolesV2(g grants) []*identityv2.Role {
	all := make([]*identityv2.Role, len(g.roles))
	bytes := 0
	for i, m := range g.roles {
		all[i] = roleV2(m, nil)
		if bytes <= answerBytes {
			all[i].Permissions = permissionsOfV2(g.of(m))
			bytes += proto.Size(all[i])
		}
	}
	return all
}
