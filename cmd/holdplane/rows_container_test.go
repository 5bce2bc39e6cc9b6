package main

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// containerRows are those of containers, orders and quotas.
var containerRows = map[string]row{
	secretcontainerv1.ContainerService_CreateContainer_FullMethodName: {permission: "openstack.creator", request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.CreateContainerRequest{Type: "generic"}
	}},
	secretcontainerv1.ContainerService_ListContainers_FullMethodName: {permission: "openstack.observer", request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.ListContainersRequest{}
	}},
	secretcontainerv1.ContainerService_GetContainer_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetContainerRequest{ContainerId: w.container(t)}
	}},
	secretcontainerv1.ContainerService_DeleteContainer_FullMethodName: {permission: "openstack.member", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.DeleteContainerRequest{ContainerId: w.container(t)}
	}},
	secretcontainerv1.ContainerService_AddContainerSecret_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.AddContainerSecretRequest{ContainerId: w.container(t), Name: proto.String("another"), SecretId: w.secret(t)}
	}},
	secretcontainerv1.ContainerService_RemoveContainerSecret_FullMethodName: {permission: "openstack.creator", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return w.containedSecret(t)
	}},
	secretcontainerv1.ConsumerService_ListConsumers_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.ListConsumersRequest{ContainerId: w.container(t)}
	}},
	secretcontainerv1.ConsumerService_GetConsumer_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, right: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetConsumerRequest{ContainerId: w.container(t), ConsumerId: id.UUID()}
	}},
	secretcontainerv1.ConsumerService_RegisterConsumer_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.RegisterConsumerRequest{ContainerId: w.container(t), Name: "a consumer", Url: "https://example.com"}
	}},
	secretcontainerv1.ConsumerService_UnregisterConsumer_FullMethodName: {permission: "openstack.audit", foreign: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.UnregisterConsumerRequest{ContainerId: w.usedContainer(t), Name: "a consumer", Url: "https://example.com"}
	}},
	secretcontainerv1.OrderService_CreateOrder_FullMethodName: {permission: "openstack.creator", request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.CreateOrderRequest{Type: "key", Meta: &secretcontainerv1.OrderMeta{Algorithm: "aes", BitLength: 256}}
	}},
	secretcontainerv1.OrderService_ListOrders_FullMethodName: {permission: "openstack.observer", request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.ListOrdersRequest{}
	}},
	secretcontainerv1.OrderService_GetOrder_FullMethodName: {permission: "openstack.audit", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetOrderRequest{OrderId: w.order(t)}
	}},
	secretcontainerv1.OrderService_DeleteOrder_FullMethodName: {permission: "openstack.member", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.DeleteOrderRequest{OrderId: w.order(t)}
	}},
	secretcontainerv1.QuotaService_GetQuotas_FullMethodName: {permission: "openstack.reader", request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.GetQuotasRequest{}
	}},
	secretcontainerv1.QuotaService_ListProjectQuotas_FullMethodName: {permission: "openstack.key-manager:service-admin", person: codes.PermissionDenied, request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.ListProjectQuotasRequest{}
	}},
	secretcontainerv1.QuotaService_GetProjectQuotas_FullMethodName: {permission: "openstack.key-manager:service-admin", person: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetProjectQuotasRequest{ProjectId: w.boundProject(t)}
	}},
	secretcontainerv1.QuotaService_SetProjectQuotas_FullMethodName: {permission: "openstack.key-manager:service-admin", person: codes.PermissionDenied, request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.SetProjectQuotasRequest{ProjectId: "a project", ProjectQuotas: &secretcontainerv1.Quotas{Secrets: proto.Int32(10)}}
	}},
	secretcontainerv1.QuotaService_DeleteProjectQuotas_FullMethodName: {permission: "openstack.key-manager:service-admin", person: codes.PermissionDenied, request: func(t *testing.T, w *world) proto.Message {
		return &secretcontainerv1.DeleteProjectQuotasRequest{ProjectId: w.boundProject(t)}
	}},
	secretcontainerv1.KeyManagerService_ListVersions_FullMethodName: {door: anyone, request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.ListVersionsRequest{}
	}},
	secretcontainerv1.KeyManagerService_GetVersion_FullMethodName: {permission: "openstack.reader", silent: true, request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.GetVersionRequest{}
	}},
	secretcontainerv1.KeyManagerService_CheckHealth_FullMethodName: {door: anyone, request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.CheckHealthRequest{}
	}},
	secretcontainerv1.KeyManagerService_ListTransportKeys_FullMethodName: {permission: "openstack.reader", request: func(*testing.T, *world) proto.Message {
		return &secretcontainerv1.ListTransportKeysRequest{}
	}},
	secretcontainerv1.OperatorService_GetRetention_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &secretcontainerv1.GetRetentionRequest{Tenant: w.tenant}
	}},
	secretcontainerv1.OperatorService_SetRetention_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &secretcontainerv1.SetRetentionRequest{Tenant: w.tenant}
	}},
	secretcontainerv1.OperatorService_ListDeletedSecrets_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &secretcontainerv1.ListDeletedSecretsRequest{Tenant: w.tenant}
	}},
	secretcontainerv1.OperatorService_UndeleteSecret_FullMethodName: {door: operator, right: codes.NotFound, request: func(_ *testing.T, w *world) proto.Message {
		return &secretcontainerv1.UndeleteSecretRequest{Tenant: w.tenant, SecretId: id.UUID()}
	}},
	secretcontainerv1.OperatorService_PurgeSecret_FullMethodName: {door: operator, right: codes.NotFound, request: func(_ *testing.T, w *world) proto.Message {
		return &secretcontainerv1.PurgeSecretRequest{Tenant: w.tenant, SecretId: id.UUID()}
	}},
}
