// Package barbican is the wire of OpenStack's Key Manager API v1, which Barbican made:
// secrets, containers, orders, and who uses them.
//
// Answers are those of Barbican 15.0.1, which testdata has; where no recording says what it
// does, its source does, up to microversion 1.2. Where it answers 500 for what clients sent,
// the answer here is 400. Objects have ids to services and addresses to clients: both ways
// are translated here, under the gateway's own address and no other.
package barbican

import (
	"context"
	"net/http"

	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/gateway"
	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/secretcontainer/v1"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// Dialect is the dialect of the Key Manager API. It owns whatever no other dialect does: it
// comes last. Its clients are led nowhere unless the gateway has a PublicURL.
func Dialect() gateway.Dialect {
	codecs := newCodecs()
	return gateway.Dialect{
		Name:            "barbican",
		Owns:            []string{"/"},
		Elsewhere:       elsewhere,
		Path:            path,
		Services:        services(),
		Codec:           codecs.full,
		NoHead:          noHead(),
		Status:          status,
		Authorization:   credential,
		RequestIDHeader: "X-Openstack-Request-Id",
		RequestID:       func(*http.Request) string { return "req-" + id.UUID() },
		Admit:           func(c *gateway.Call) error { return admit(c) },
		Witness:         witness,
		Body:            readBody,
		Fill:            fill,
		Answer:          codecs.answer,
		Fail:            fail,
		Errors:          docs,
		JudgesBody:      true,
	}
}

// witness lets wrong tokens come before wrong bodies, as they do where Keystone's middleware
// stands in front.
func witness(ctx context.Context, conn func(string) grpc.ClientConnInterface) error {
	_, err := secretv1.NewKeyManagerServiceClient(conn(secretv1.KeyManagerService_ServiceDesc.ServiceName)).GetVersion(ctx, &secretv1.GetVersionRequest{})
	return err
}

func services() []gateway.Service {
	return []gateway.Service{
		gateway.Bind(secretv1.KeyManagerService_ServiceDesc.ServiceName, gw.RegisterKeyManagerServiceHandlerClient, secretv1.NewKeyManagerServiceClient),
		gateway.Bind(secretv1.SecretService_ServiceDesc.ServiceName, gw.RegisterSecretServiceHandlerClient, secretv1.NewSecretServiceClient),
		gateway.Bind(secretv1.MetadataService_ServiceDesc.ServiceName, gw.RegisterMetadataServiceHandlerClient, secretv1.NewMetadataServiceClient),
		gateway.Bind(secretv1.AclService_ServiceDesc.ServiceName, gw.RegisterAclServiceHandlerClient, secretv1.NewAclServiceClient),
		gateway.Bind(secretv1.SecretConsumerService_ServiceDesc.ServiceName, gw.RegisterSecretConsumerServiceHandlerClient, secretv1.NewSecretConsumerServiceClient),
		gateway.Bind(secretv1.ContainerService_ServiceDesc.ServiceName, gw.RegisterContainerServiceHandlerClient, secretv1.NewContainerServiceClient),
		gateway.Bind(secretv1.ConsumerService_ServiceDesc.ServiceName, gw.RegisterConsumerServiceHandlerClient, secretv1.NewConsumerServiceClient),
		gateway.Bind(secretv1.OrderService_ServiceDesc.ServiceName, gw.RegisterOrderServiceHandlerClient, secretv1.NewOrderServiceClient),
		gateway.Bind(secretv1.QuotaService_ServiceDesc.ServiceName, gw.RegisterQuotaServiceHandlerClient, secretv1.NewQuotaServiceClient),
	}
}

// elsewhere are paths of Barbican's that lead to nothing in an installation without what they
// are about.
var elsewhere = map[string]string{
	"/v1/secret-stores":    "Not Found. Multiple backends support is not enabled in service configuration.",
	"/v1/transport_keys/*": "Not Found. Transport Key not found.",
}

// status must be exact: gophercloud takes no other.
var status = map[string]int{
	secretv1.KeyManagerService_ListVersions_FullMethodName:         http.StatusMultipleChoices,
	secretv1.SecretService_CreateSecret_FullMethodName:             http.StatusCreated,
	secretv1.SecretService_StorePayload_FullMethodName:             http.StatusNoContent,
	secretv1.SecretService_DeleteSecret_FullMethodName:             http.StatusNoContent,
	secretv1.MetadataService_ReplaceMetadata_FullMethodName:        http.StatusCreated,
	secretv1.MetadataService_AddMetadatum_FullMethodName:           http.StatusCreated,
	secretv1.MetadataService_DeleteMetadatum_FullMethodName:        http.StatusNoContent,
	secretv1.ContainerService_CreateContainer_FullMethodName:       http.StatusCreated,
	secretv1.ContainerService_DeleteContainer_FullMethodName:       http.StatusNoContent,
	secretv1.ContainerService_AddContainerSecret_FullMethodName:    http.StatusCreated,
	secretv1.ContainerService_RemoveContainerSecret_FullMethodName: http.StatusNoContent,
	secretv1.OrderService_CreateOrder_FullMethodName:               http.StatusAccepted,
	secretv1.OrderService_DeleteOrder_FullMethodName:               http.StatusNoContent,
	secretv1.QuotaService_SetProjectQuotas_FullMethodName:          http.StatusNoContent,
	secretv1.QuotaService_DeleteProjectQuotas_FullMethodName:       http.StatusNoContent,
}

// noHead are all RPCs but those that tell of the API itself: Barbican refuses HEAD
// (testdata/recorded/secrets.txtar).
func noHead() map[string]bool {
	rpcs := map[string]bool{}
	for rpc := range operations {
		rpcs[rpc] = true
	}
	delete(rpcs, secretv1.KeyManagerService_ListVersions_FullMethodName)
	delete(rpcs, secretv1.KeyManagerService_CheckHealth_FullMethodName)
	return rpcs
}
