package main

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/id"
)

// rbacRows are those of permissions and roles.
var rbacRows = map[string]row{
	identityv1.PermissionService_CreatePermission_FullMethodName: {permission: "rbac.*.create_permission", request: func(*testing.T, *world) proto.Message {
		slug := id.New("slug")
		return &identityv1.CreatePermissionRequest{Name: slug, Slug: &slug}
	}},
	identityv1.PermissionService_GetPermission_FullMethodName: {permission: "rbac.*.read_permission", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.GetPermissionRequest{PermissionId: w.permission(t)}
	}},
	identityv1.PermissionService_ListPermissions_FullMethodName: {permission: "rbac.*.read_permission", request: func(*testing.T, *world) proto.Message {
		return &identityv1.ListPermissionsRequest{}
	}},
	identityv1.PermissionService_DeletePermission_FullMethodName: {permission: "rbac.*.delete_permission", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.DeletePermissionRequest{PermissionId: w.permission(t)}
	}},
	identityv1.PermissionService_CreateRole_FullMethodName: {permission: "rbac.*.create_role", request: func(*testing.T, *world) proto.Message {
		return &identityv1.CreateRoleRequest{Name: id.New("name")}
	}},
	identityv1.PermissionService_GetRole_FullMethodName: {permission: "rbac.*.read_role", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.GetRoleRequest{RoleId: w.role(t)}
	}},
	identityv1.PermissionService_ListRoles_FullMethodName: {permission: "rbac.*.read_role", request: func(*testing.T, *world) proto.Message {
		return &identityv1.ListRolesRequest{}
	}},
	identityv1.PermissionService_DeleteRole_FullMethodName: {permission: "rbac.*.delete_role", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.DeleteRoleRequest{RoleId: w.role(t)}
	}},
	identityv2.PermissionService_CreatePermission_FullMethodName: {permission: "rbac.*.create_permission", request: func(*testing.T, *world) proto.Message {
		slug := id.New("slug")
		return &identityv2.CreatePermissionRequest{Name: slug, Slug: slug}
	}},
	identityv2.PermissionService_GetPermission_FullMethodName: {permission: "rbac.*.read_permission", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.GetPermissionRequest{Permission: w.permission(t)}
	}},
	identityv2.PermissionService_ListPermissions_FullMethodName: {permission: "rbac.*.read_permission", request: func(*testing.T, *world) proto.Message {
		return &identityv2.ListPermissionsRequest{}
	}},
	identityv2.PermissionService_DeletePermission_FullMethodName: {permission: "rbac.*.delete_permission", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.DeletePermissionRequest{Permission: w.permission(t)}
	}},
	identityv2.PermissionService_CreateRole_FullMethodName: {permission: "rbac.*.create_role", request: func(*testing.T, *world) proto.Message {
		return &identityv2.CreateRoleRequest{Name: id.New("name")}
	}},
	identityv2.PermissionService_GetRole_FullMethodName: {permission: "rbac.*.read_role", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.GetRoleRequest{Role: w.role(t)}
	}},
	identityv2.PermissionService_ListRoles_FullMethodName: {permission: "rbac.*.read_role", request: func(*testing.T, *world) proto.Message {
		return &identityv2.ListRolesRequest{}
	}},
	identityv2.PermissionService_DeleteRole_FullMethodName: {permission: "rbac.*.delete_role", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.DeleteRoleRequest{Role: w.role(t)}
	}},
	identityv2.PermissionService_SetRolePermissions_FullMethodName: {permission: "rbac.*.add_permission_to_role rbac.*.remove_permission_from_role rbac.*.create_permission", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.SetRolePermissionsRequest{RoleId: w.role(t), Permissions: []string{id.New("slug")}}
	}},
}

// permission makes a permission of the owner's.
func (w *world) permission(t *testing.T) string {
	r, err := identityv1.NewPermissionServiceClient(w.public).CreatePermission(w.asOwner(t), &identityv1.CreatePermissionRequest{Name: id.New("name")})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetPermissionId()
}

// role makes a role of the owner's.
func (w *world) role(t *testing.T) string {
	r, err := identityv1.NewPermissionServiceClient(w.public).CreateRole(w.asOwner(t), &identityv1.CreateRoleRequest{Name: id.New("name")})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetRoleId()
}
