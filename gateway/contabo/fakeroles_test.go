package contabo_test

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// roles is a role service that knows role 12, which users have.
type roles struct {
	useradminv1.UnimplementedRoleServiceServer
}

const technicianID = 12

func technician() *useradminv1.Role {
	return &useradminv1.Role{
		RoleId: technicianID, TenantId: tenantID, CustomerId: customer, Name: "Technician", Type: "custom",
		Permissions: []*useradminv1.RolePermission{{ApiName: "/v1/users", Actions: []string{"READ"}}},
	}
}

func aRole(id int64) error {
	switch id {
	case technicianID:
		return nil
	case 1:
		return fault.PermissionDenied("ROLE_DEFAULT", "default roles never change")
	}
	return fault.NotFound("ROLE_NOT_FOUND", "there is no role %d", id)
}

func (roles) ListRoles(_ context.Context, r *useradminv1.ListRolesRequest) (*useradminv1.ListRolesResponse, error) {
	return &useradminv1.ListRolesResponse{Roles: []*useradminv1.Role{technician()}, Page: pageOf(r)}, nil
}

func (roles) CreateRole(context.Context, *useradminv1.CreateRoleRequest) (*useradminv1.CreateRoleResponse, error) {
	return &useradminv1.CreateRoleResponse{TenantId: tenantID, CustomerId: customer, RoleId: 13}, nil
}

func (roles) GetRole(_ context.Context, r *useradminv1.GetRoleRequest) (*useradminv1.GetRoleResponse, error) {
	return &useradminv1.GetRoleResponse{Role: technician()}, aRole(r.GetRoleId())
}

func (roles) UpdateRole(_ context.Context, r *useradminv1.UpdateRoleRequest) (*useradminv1.UpdateRoleResponse, error) {
	return &useradminv1.UpdateRoleResponse{}, aRole(r.GetRoleId())
}

// DeleteRole takes 12 for one that users have.
func (roles) DeleteRole(_ context.Context, r *useradminv1.DeleteRoleRequest) (*useradminv1.DeleteRoleResponse, error) {
	switch r.GetRoleId() {
	case technicianID:
		return nil, fault.AlreadyExists("ROLE_IN_USE", "users have this role")
	case 13:
		return &useradminv1.DeleteRoleResponse{}, nil
	}
	return nil, aRole(r.GetRoleId())
}

func (roles) ListApiPermissions(_ context.Context, r *useradminv1.ListApiPermissionsRequest) (*useradminv1.ListApiPermissionsResponse, error) {
	return &useradminv1.ListApiPermissionsResponse{
		ApiPermissions: []*useradminv1.ApiPermission{{ApiName: "/v1/users", Actions: []string{"CREATE", "READ"}}}, Page: pageOf(r),
	}, nil
}

type storages struct {
	useradminv1.UnimplementedObjectStorageServiceServer
}

func storage() *useradminv1.ObjectStorage {
	return &useradminv1.ObjectStorage{
		TenantId: tenantID, CustomerId: customer, ObjectStorageId: storageID, CreatedDate: &timestamppb.Timestamp{Seconds: 1_750_000_000},
		AutoScaling: &useradminv1.AutoScaling{State: "disabled"}, DataCenter: "European Union (Germany) 3", TotalPurchasedSpaceTb: 0.25,
		S3Url: "https://s3.example.com", S3TenantId: "2cd2e5e1444a41b0bed16c6410ecaa84", Status: "READY", Region: "European Union", DisplayName: "Backups",
	}
}

func (storages) ListObjectStorages(_ context.Context, r *useradminv1.ListObjectStoragesRequest) (*useradminv1.ListObjectStoragesResponse, error) {
	return &useradminv1.ListObjectStoragesResponse{ObjectStorages: []*useradminv1.ObjectStorage{storage()}, Page: pageOf(r)}, nil
}

func (storages) GetObjectStorage(_ context.Context, r *useradminv1.GetObjectStorageRequest) (*useradminv1.GetObjectStorageResponse, error) {
	if r.GetObjectStorageId() != storageID {
		return nil, fault.NotFound("STORAGE_NOT_FOUND", "there is no object storage %s", r.GetObjectStorageId())
	}
	return &useradminv1.GetObjectStorageResponse{ObjectStorage: storage()}, nil
}

type credentials struct {
	useradminv1.UnimplementedCredentialServiceServer
}

func credential(secret string) *useradminv1.Credential {
	return &useradminv1.Credential{
		TenantId: tenantID, CustomerId: customer, AccessKey: "e4dfe7d80b3d6a2a2e1b", SecretKey: secret, ObjectStorageId: storageID,
		DisplayName: "Backups", Region: "European Union", CredentialId: 12345,
	}
}

func aCredential(user, storage string, id int64) error {
	if user != annID || storage != storageID || id != 12345 {
		return fault.NotFound("CREDENTIAL_NOT_FOUND", "there is no such credential")
	}
	return nil
}

func (credentials) ListCredentials(_ context.Context, r *useradminv1.ListCredentialsRequest) (*useradminv1.ListCredentialsResponse, error) {
	return &useradminv1.ListCredentialsResponse{Credentials: []*useradminv1.Credential{credential("s3cret")}, Page: pageOf(r)}, known(r.GetUserId())
}

func (credentials) GetCredential(_ context.Context, r *useradminv1.GetCredentialRequest) (*useradminv1.GetCredentialResponse, error) {
	return &useradminv1.GetCredentialResponse{Credential: credential("s3cret")}, aCredential(r.GetUserId(), r.GetObjectStorageId(), r.GetCredentialId())
}

func (credentials) RegenerateCredential(_ context.Context, r *useradminv1.RegenerateCredentialRequest) (*useradminv1.RegenerateCredentialResponse, error) {
	return &useradminv1.RegenerateCredentialResponse{Credential: credential("fr3sh")}, aCredential(r.GetUserId(), r.GetObjectStorageId(), r.GetCredentialId())
}
