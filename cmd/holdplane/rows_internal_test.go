package main

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/id"
)

// internalRows are those of the internal listener.
var internalRows = map[string]row{
	identityv1.TenantService_CreateTenant_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.CreateTenantRequest{Id: id.New("t")}
	}},
	identityv1.TenantService_GetTenant_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.GetTenantRequest{Id: owner}
	}},
	identityv1.TenantService_ListTenants_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.ListTenantsRequest{}
	}},
	identityv1.TenantService_SetQuota_FullMethodName: {door: operator, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &identityv1.SetQuotaRequest{Id: "nobody", RequestsPerMinute: 1}
	}},
	identityv1.ImportService_ImportKeys_FullMethodName: {door: operator, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &identityv1.ImportKeysRequest{Tenant: "nobody", Keys: []*identityv1.ImportedKey{{Key: &identityv1.MigratedKey{ApiId: "api_none"}}}}
	}},
	identityv1.ApiAdminService_ListApis_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.ListApisRequest{Tenant: owner}
	}},
	identityv1.ApiAdminService_ProtectApi_FullMethodName: {door: operator, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &identityv1.ProtectApiRequest{Tenant: owner, ApiId: "api_none", Protected: true}
	}},
	identityv1.TenantService_DeleteTenant_FullMethodName: {door: operator, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &identityv1.DeleteTenantRequest{Id: "nobody"}
	}},
	identityv1.AccessService_VerifyCredential_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		d := auth.DigestOf(w.right)
		return &identityv1.VerifyCredentialRequest{Digest: d[:]}
	}},
	identityv1.AccessService_CreateRootKey_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.CreateRootKeyRequest{Tenant: owner, Permissions: []string{"*"}}
	}},
	identityv1.AccessService_ListRootKeys_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.ListRootKeysRequest{Tenant: owner}
	}},
	identityv1.AccessService_RevokeRootKey_FullMethodName: {door: operator, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &identityv1.RevokeRootKeyRequest{Tenant: owner, Id: "key_none"}
	}},
	identityv1.AccessService_RotateRootKey_FullMethodName: {door: operator, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &identityv1.RotateRootKeyRequest{Tenant: owner, Id: "key_none"}
	}},
	identityv1.AccessService_PutSubject_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.PutSubjectRequest{Tenant: owner, Id: "user", Enabled: true, Epoch: 1, Version: 1}
	}},
	identityv1.AccessService_DeleteSubject_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.DeleteSubjectRequest{Tenant: owner, Id: "gone"}
	}},
	identityv1.AccessService_IssueSession_FullMethodName: {door: operator, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &identityv1.IssueSessionRequest{Tenant: owner, Subject: "nobody", Kind: identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION, Audience: "a", TtlMs: 1000}
	}},
	identityv1.AccessService_RefreshSession_FullMethodName: {door: operator, right: codes.Unauthenticated, request: func(*testing.T, *world) proto.Message {
		return &identityv1.RefreshSessionRequest{RefreshToken: "hp_ref_none", Audience: "a"}
	}},
	identityv1.AccessService_RevokeSession_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.RevokeSessionRequest{Digest: make([]byte, 32)}
	}},
	identityv1.AccessService_ListSigningKeys_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &identityv1.ListSigningKeysRequest{}
	}},
	operationsv1.AuditService_ListAuditRecords_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &operationsv1.ListAuditRecordsRequest{Service: "identity", Tenant: owner}
	}},
	operationsv1.VerifyService_VerifyStore_FullMethodName: {door: operator, request: func(*testing.T, *world) proto.Message {
		return &operationsv1.VerifyStoreRequest{Service: "identity"}
	}},
	operationsv1.TenantDataService_DeleteTenantData_FullMethodName: {door: operator, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &operationsv1.DeleteTenantDataRequest{Service: "nothing", Tenant: "nobody"}
	}},
}
