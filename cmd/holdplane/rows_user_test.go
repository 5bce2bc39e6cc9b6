package main

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// userRows are those of users, roles, what was done to them, and the client.
var userRows = map[string]row{
	useradminv1.UserService_ListUsers_FullMethodName: {permission: "users.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.ListUsersRequest{}
	}},
	useradminv1.UserService_CreateUser_FullMethodName: {permission: "users.create", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.CreateUserRequest{Email: newEmail(), Enabled: true, Locale: "en"}
	}},
	useradminv1.UserService_GetUser_FullMethodName: {permission: "users.read", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.GetUserRequest{UserId: w.user(t)}
	}},
	useradminv1.UserService_UpdateUser_FullMethodName: {permission: "users.update", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.UpdateUserRequest{UserId: w.user(t), FirstName: proto.String("Ann")}
	}},
	useradminv1.UserService_DeleteUser_FullMethodName: {permission: "users.delete", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.DeleteUserRequest{UserId: w.user(t)}
	}},
	useradminv1.UserService_ResetPassword_FullMethodName: {permission: "users.update", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.ResetPasswordRequest{UserId: w.user(t)}
	}},
	useradminv1.UserService_ResendEmailVerification_FullMethodName: {permission: "users.update", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.ResendEmailVerificationRequest{UserId: w.user(t)}
	}},
	useradminv1.UserService_IsPasswordSet_FullMethodName: {permission: "users.read", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.IsPasswordSetRequest{UserId: w.user(t)}
	}},

	useradminv1.RoleService_ListRoles_FullMethodName: {permission: "roles.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.ListRolesRequest{}
	}},
	useradminv1.RoleService_CreateRole_FullMethodName: {permission: "roles.create", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.CreateRoleRequest{Name: "a role"}
	}},
	useradminv1.RoleService_GetRole_FullMethodName: {permission: "roles.read", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.GetRoleRequest{RoleId: w.userRole(t)}
	}},
	useradminv1.RoleService_UpdateRole_FullMethodName: {permission: "roles.update", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.UpdateRoleRequest{RoleId: w.userRole(t), Name: "another role"}
	}},
	useradminv1.RoleService_DeleteRole_FullMethodName: {permission: "roles.delete", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.DeleteRoleRequest{RoleId: w.userRole(t)}
	}},
	useradminv1.RoleService_ListApiPermissions_FullMethodName: {permission: "roles.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.ListApiPermissionsRequest{}
	}},

	useradminv1.HistoryService_ListUserAudits_FullMethodName: {permission: "users.audits.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.ListUserAuditsRequest{}
	}},
	useradminv1.HistoryService_ListRoleAudits_FullMethodName: {permission: "roles.audits.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.ListRoleAuditsRequest{}
	}},
	useradminv1.ClientService_GetClient_FullMethodName: {permission: "users.client.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.GetClientRequest{}
	}},
	useradminv1.ClientService_GenerateClientSecret_FullMethodName: {permission: "users.client.update", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.GenerateClientSecretRequest{}
	}},

	useradminv1.ObjectStorageService_ListObjectStorages_FullMethodName: {permission: "object-storages.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.ListObjectStoragesRequest{}
	}},
	useradminv1.ObjectStorageService_GetObjectStorage_FullMethodName: {permission: "object-storages.read", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.GetObjectStorageRequest{ObjectStorageId: w.storage(t)}
	}},
	useradminv1.CredentialService_ListCredentials_FullMethodName: {permission: "users.object-storages.credentials.read", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.ListCredentialsRequest{UserId: w.user(t)}
	}},
	useradminv1.CredentialService_GetCredential_FullMethodName: {permission: "users.object-storages.credentials.read", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		user, storage, credential := w.credential(t)
		return &useradminv1.GetCredentialRequest{UserId: user, ObjectStorageId: storage, CredentialId: credential}
	}},
	useradminv1.CredentialService_RegenerateCredential_FullMethodName: {permission: "users.object-storages.credentials.update", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		user, storage, credential := w.credential(t)
		return &useradminv1.RegenerateCredentialRequest{UserId: user, ObjectStorageId: storage, CredentialId: credential}
	}},
}

func newEmail() string { return id.New("u") + "@example.com" }

// user makes a user of the owner's.
func (w *world) user(t *testing.T) string {
	t.Helper()
	r, err := useradminv1.NewUserServiceClient(w.public).CreateUser(w.asOwner(t), &useradminv1.CreateUserRequest{Email: newEmail(), Enabled: true, Locale: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetUserId()
}

// userRole makes a role of the owner's.
func (w *world) userRole(t *testing.T) int64 {
	t.Helper()
	r, err := useradminv1.NewRoleServiceClient(w.public).CreateRole(w.asOwner(t), &useradminv1.CreateRoleRequest{Name: "a role"})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetRoleId()
}

// storage makes an object storage of the owner's.
func (w *world) storage(t *testing.T) string {
	t.Helper()
	r, err := useradminv1.NewOperatorServiceClient(w.internal).AddObjectStorage(t.Context(), &useradminv1.AddObjectStorageRequest{
		Tenant: w.tenant, Region: "European Union", S3Url: "https://s3.example.com", Driver: "record",
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetId()
}

// credential makes a user of the owner's with a credential.
func (w *world) credential(t *testing.T) (user, storage string, credential int64) {
	t.Helper()
	storage = w.storage(t)
	user = w.user(t)
	r, err := useradminv1.NewCredentialServiceClient(w.public).ListCredentials(w.asOwner(t), &useradminv1.ListCredentialsRequest{UserId: user, ObjectStorageId: storage})
	if err != nil || len(r.GetCredentials()) != 1 {
		t.Fatal(r, err)
	}
	return user, storage, int64(r.GetCredentials()[0].GetCredentialId())
}
