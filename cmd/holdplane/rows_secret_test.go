package main

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// secretRows are those of secrets and what goes with them. Those of another project are
// refused, not hidden: Barbican's clients are told so.
var secretRows = map[string]row{
	secretcontainerv1.SecretService_CreateSecret_FullMethodName: {permission: "openstack.creator", request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.CreateSecretRequest{}
	}},
	secretcontainerv1.SecretService_ListSecrets_FullMethodName: {permission: "openstack.observer", request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.ListSecretsRequest{}
	}},
	secretcontainerv1.SecretService_GetSecret_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetSecretRequest{SecretId: w.secret(t)}
	}},
	secretcontainerv1.SecretService_StorePayload_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.StorePayloadRequest{SecretId: w.emptySecret(t), Payload: []byte("a payload"), ContentType: "text/plain"}
	}},
	secretcontainerv1.SecretService_GetPayload_FullMethodName: {permission: "openstack.observer", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetPayloadRequest{SecretId: w.secret(t)}
	}},
	secretcontainerv1.SecretService_DeleteSecret_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.DeleteSecretRequest{SecretId: w.secret(t)}
	}},
	secretcontainerv1.MetadataService_GetMetadata_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetMetadataRequest{SecretId: w.secret(t)}
	}},
	secretcontainerv1.MetadataService_ReplaceMetadata_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.ReplaceMetadataRequest{SecretId: w.secret(t), Metadata: map[string]string{"k": "v"}}
	}},
	secretcontainerv1.MetadataService_AddMetadatum_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.AddMetadatumRequest{SecretId: w.secret(t), Key: "another", Value: "v"}
	}},
	secretcontainerv1.MetadataService_GetMetadatum_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetMetadatumRequest{SecretId: w.notedSecret(t), MetadatumKey: "k"}
	}},
	secretcontainerv1.MetadataService_SetMetadatum_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.SetMetadatumRequest{SecretId: w.notedSecret(t), MetadatumKey: "k", Key: "k", Value: "w"}
	}},
	secretcontainerv1.MetadataService_DeleteMetadatum_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.DeleteMetadatumRequest{SecretId: w.notedSecret(t), MetadatumKey: "k"}
	}},
	secretcontainerv1.AclService_GetSecretAcl_FullMethodName: {permission: "openstack.observer", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetSecretAclRequest{SecretId: w.secret(t)}
	}},
	secretcontainerv1.AclService_ReplaceSecretAcl_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.ReplaceSecretAclRequest{SecretId: w.secret(t), Read: &secretcontainerv1.ReadChange{Users: &secretcontainerv1.Users{Ids: []string{"somebody"}}}}
	}},
	secretcontainerv1.AclService_UpdateSecretAcl_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.UpdateSecretAclRequest{SecretId: w.secret(t), Read: &secretcontainerv1.ReadChange{ProjectAccess: proto.Bool(true)}}
	}},
	secretcontainerv1.AclService_DeleteSecretAcl_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.DeleteSecretAclRequest{SecretId: w.secret(t)}
	}},
	secretcontainerv1.AclService_GetContainerAcl_FullMethodName: {permission: "openstack.observer", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetContainerAclRequest{ContainerId: w.container(t)}
	}},
	secretcontainerv1.AclService_ReplaceContainerAcl_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.ReplaceContainerAclRequest{ContainerId: w.container(t), Read: &secretcontainerv1.ReadChange{Users: &secretcontainerv1.Users{Ids: []string{"somebody"}}}}
	}},
	secretcontainerv1.AclService_UpdateContainerAcl_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.UpdateContainerAclRequest{ContainerId: w.container(t), Read: &secretcontainerv1.ReadChange{ProjectAccess: proto.Bool(true)}}
	}},
	secretcontainerv1.AclService_DeleteContainerAcl_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.DeleteContainerAclRequest{ContainerId: w.container(t)}
	}},
	secretcontainerv1.SecretConsumerService_ListSecretConsumers_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.ListSecretConsumersRequest{SecretId: w.secret(t)}
	}},
	secretcontainerv1.SecretConsumerService_RegisterSecretConsumer_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.RegisterSecretConsumerRequest{SecretId: w.secret(t), Service: "image", ResourceType: "image", ResourceId: "an image"}
	}},
	secretcontainerv1.SecretConsumerService_UnregisterSecretConsumer_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.UnregisterSecretConsumerRequest{SecretId: w.usedSecret(t), Service: "image", ResourceType: "image", ResourceId: "an image"}
	}},
}
