package main

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/id"
)

// keyRows are those of APIs and keys.
var keyRows = map[string]row{
	identityv1.ApiService_CreateApi_FullMethodName: {permission: "api.*.create_api", request: func(*testing.T, *world) proto.Message {
		return &identityv1.CreateApiRequest{Name: "an api"}
	}},
	identityv1.ApiService_GetApi_FullMethodName: {permission: "api.*.read_api", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.GetApiRequest{ApiId: w.api(t)}
	}},
	identityv1.ApiService_ListKeys_FullMethodName: {permission: "api.*.read_api api.*.read_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.ListKeysRequest{ApiId: w.api(t)}
	}},
	identityv1.ApiService_DeleteApi_FullMethodName: {permission: "api.*.delete_api", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.DeleteApiRequest{ApiId: w.api(t)}
	}},
	identityv1.KeyService_CreateKey_FullMethodName: {permission: "api.*.create_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.CreateKeyRequest{ApiId: w.api(t)}
	}},
	identityv1.KeyService_GetKey_FullMethodName: {permission: "api.*.read_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.GetKeyRequest{KeyId: keyID}
	}},
	identityv1.KeyService_Whoami_FullMethodName: {permission: "api.*.read_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		_, secret := w.apiKey(t)
		return &identityv1.WhoamiRequest{Key: secret}
	}},
	identityv1.KeyService_UpdateKey_FullMethodName: {permission: "api.*.update_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.UpdateKeyRequest{KeyId: keyID, Name: proto.String("a key")}
	}},
	identityv1.KeyService_DeleteKey_FullMethodName: {permission: "api.*.delete_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.DeleteKeyRequest{KeyId: keyID}
	}},
	identityv1.KeyService_AddPermissions_FullMethodName: {permission: "rbac.*.add_permission_to_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.AddPermissionsRequest{KeyId: keyID, Permissions: []*identityv1.PermissionSelector{{Id: proto.String(w.permission(t))}}}
	}},
	identityv1.KeyService_RemovePermissions_FullMethodName: {permission: "rbac.*.remove_permission_from_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.RemovePermissionsRequest{KeyId: keyID, Permissions: []*identityv1.PermissionSelector{{Id: proto.String(w.permission(t))}}}
	}},
	identityv1.KeyService_SetPermissions_FullMethodName: {permission: "rbac.*.add_permission_to_key rbac.*.remove_permission_from_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.SetPermissionsRequest{KeyId: keyID, Permissions: []*identityv1.PermissionSelector{{Id: proto.String(w.permission(t))}}}
	}},
	identityv1.KeyService_AddRoles_FullMethodName: {permission: "rbac.*.add_role_to_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.AddRolesRequest{KeyId: keyID, Roles: []*identityv1.RoleSelector{{Id: proto.String(w.role(t))}}}
	}},
	identityv1.KeyService_RemoveRoles_FullMethodName: {permission: "rbac.*.remove_role_from_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.RemoveRolesRequest{KeyId: keyID, Roles: []*identityv1.RoleSelector{{Id: proto.String(w.role(t))}}}
	}},
	identityv1.KeyService_SetRoles_FullMethodName: {permission: "rbac.*.add_role_to_key rbac.*.remove_role_from_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.SetRolesRequest{KeyId: keyID, Roles: []*identityv1.RoleSelector{{Id: proto.String(w.role(t))}}}
	}},
	identityv2.ApiService_CreateApi_FullMethodName: {permission: "api.*.create_api", request: func(*testing.T, *world) proto.Message {
		return &identityv2.CreateApiRequest{Name: "an api"}
	}},
	identityv2.ApiService_GetApi_FullMethodName: {permission: "api.*.read_api", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.GetApiRequest{ApiId: w.api(t)}
	}},
	identityv2.ApiService_ListKeys_FullMethodName: {permission: "api.*.read_api api.*.read_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.ListKeysRequest{ApiId: w.api(t)}
	}},
	identityv2.ApiService_DeleteApi_FullMethodName: {permission: "api.*.delete_api", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.DeleteApiRequest{ApiId: w.api(t)}
	}},
	identityv2.KeyService_CreateKey_FullMethodName: {permission: "api.*.create_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.CreateKeyRequest{ApiId: w.api(t)}
	}},
	identityv2.KeyService_GetKey_FullMethodName: {permission: "api.*.read_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.GetKeyRequest{KeyId: keyID}
	}},
	identityv2.KeyService_Whoami_FullMethodName: {permission: "api.*.read_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		_, secret := w.apiKey(t)
		return &identityv2.WhoamiRequest{Key: secret}
	}},
	identityv2.KeyService_UpdateKey_FullMethodName: {permission: "api.*.update_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.UpdateKeyRequest{KeyId: keyID, Name: proto.String("a key")}
	}},
	identityv2.KeyService_DeleteKey_FullMethodName: {permission: "api.*.delete_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.DeleteKeyRequest{KeyId: keyID}
	}},
	identityv2.KeyService_AddPermissions_FullMethodName: {permission: "api.*.update_key rbac.*.add_permission_to_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.AddPermissionsRequest{KeyId: keyID, Permissions: []string{w.slug(t)}}
	}},
	identityv2.KeyService_RemovePermissions_FullMethodName: {permission: "api.*.update_key rbac.*.remove_permission_from_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.RemovePermissionsRequest{KeyId: keyID, Permissions: []string{w.slug(t)}}
	}},
	identityv2.KeyService_SetPermissions_FullMethodName: {permission: "api.*.update_key rbac.*.add_permission_to_key rbac.*.remove_permission_from_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.SetPermissionsRequest{KeyId: keyID, Permissions: []string{w.slug(t)}}
	}},
	identityv2.KeyService_AddRoles_FullMethodName: {permission: "api.*.update_key rbac.*.add_role_to_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.AddRolesRequest{KeyId: keyID, Roles: []string{w.roleName(t)}}
	}},
	identityv2.KeyService_RemoveRoles_FullMethodName: {permission: "api.*.update_key rbac.*.remove_role_from_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.RemoveRolesRequest{KeyId: keyID, Roles: []string{w.roleName(t)}}
	}},
	identityv2.KeyService_SetRoles_FullMethodName: {permission: "api.*.update_key rbac.*.add_role_to_key rbac.*.remove_role_from_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.SetRolesRequest{KeyId: keyID, Roles: []string{w.roleName(t)}}
	}},
	identityv1.ApiService_DeleteKeys_FullMethodName: {permission: "api.*.delete_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.DeleteKeysRequest{ApiId: w.api(t)}
	}},
	identityv1.KeyService_VerifyKey_FullMethodName: {door: anyone, request: func(t *testing.T, w *world) proto.Message {
		_, secret := w.apiKey(t)
		return &identityv1.VerifyKeyRequest{Key: secret}
	}},
	identityv1.KeyService_UpdateRemaining_FullMethodName: {permission: "api.*.update_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv1.UpdateRemainingRequest{KeyId: keyID, Op: "set", Value: proto.Int64(5)}
	}},
	identityv1.MigrationService_CreateKeys_FullMethodName: {permission: "api.*.create_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		digest := sha256.Sum256([]byte(id.New("key")))
		return &identityv1.CreateKeysRequest{Keys: []*identityv1.MigratedKey{{
			ApiId: w.api(t), Hash: &identityv1.KeyHash{Value: base64.StdEncoding.EncodeToString(digest[:]), Variant: "sha256_base64"},
		}}}
	}},
	// Who may not verify a key, and who is another tenant, is told that there is none.
	identityv2.KeyService_VerifyKey_FullMethodName: {permission: "api.*.verify_key", silent: true, request: func(t *testing.T, w *world) proto.Message {
		_, secret := w.apiKey(t)
		return &identityv2.VerifyKeyRequest{Key: secret}
	}},
	identityv2.KeyService_UpdateCredits_FullMethodName: {permission: "api.*.update_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.UpdateCreditsRequest{KeyId: keyID, Operation: "set", Value: proto.Int64(5)}
	}},
	identityv2.KeyService_RerollKey_FullMethodName: {permission: "api.*.create_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		keyID, _ := w.apiKey(t)
		return &identityv2.RerollKeyRequest{KeyId: keyID}
	}},
	identityv2.KeyService_MigrateKeys_FullMethodName: {permission: "api.*.create_key", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		digest := sha256.Sum256([]byte(id.New("key")))
		return &identityv2.MigrateKeysRequest{MigrationId: "sha256", ApiId: w.api(t), Keys: []*identityv2.MigrateKey{{Hash: base64.StdEncoding.EncodeToString(digest[:])}}}
	}},
}

// api makes an API of the owner's.
func (w *world) api(t *testing.T) string {
	r, err := identityv2.NewApiServiceClient(w.public).CreateApi(w.asOwner(t), &identityv2.CreateApiRequest{Name: "an api"})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetApiId()
}

// apiKey makes a key of the owner's, in an API of its own.
func (w *world) apiKey(t *testing.T) (id, secret string) {
	r, err := identityv2.NewKeyServiceClient(w.public).CreateKey(w.asOwner(t), &identityv2.CreateKeyRequest{ApiId: w.api(t)})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetKeyId(), r.GetKey()
}
