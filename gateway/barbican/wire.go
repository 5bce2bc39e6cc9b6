package barbican

import (
	"maps"

	"google.golang.org/protobuf/reflect/protoreflect"

	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// codecs write answers. Bodies and queries are read here: the schemas that texts tell of are
// not those of messages.
type codecs struct {
	full *wirejson.Codec
	// first is the one of the first microversion, which knows no consumers of secrets.
	first *wirejson.Codec
}

func newCodecs() codecs {
	first := wire()
	maps.Copy(first.Hidden, set("Secret.consumers"))
	return codecs{full: wirejson.New(wire()), first: wirejson.New(first)}
}

func wire() wirejson.Dialect {
	names := spelled(
		secretv1.File_holdplane_secretcontainer_v1_secret_proto, secretv1.File_holdplane_secretcontainer_v1_container_proto,
		secretv1.File_holdplane_secretcontainer_v1_consumer_proto, secretv1.File_holdplane_secretcontainer_v1_acl_proto,
		secretv1.File_holdplane_secretcontainer_v1_order_proto, secretv1.File_holdplane_secretcontainer_v1_quota_proto,
		secretv1.File_holdplane_secretcontainer_v1_metadata_proto,
	)
	maps.Copy(names, references())
	maps.DeleteFunc(names, func(name protoreflect.FullName, _ string) bool { return ofQueries[name.Parent()] })
	return wirejson.Dialect{
		Names: names,
		Hidden: set(
			"Consumer.consumer_id", "AddMetadatumResponse.secret_id",
			// Queries are read by fill.
			"ListSecretsRequest.offset", "ListSecretsRequest.limit", "ListSecretsRequest.name", "ListSecretsRequest.alg",
			"ListSecretsRequest.mode", "ListSecretsRequest.bits", "ListSecretsRequest.secret_type", "ListSecretsRequest.acl_only",
			"ListSecretsRequest.created", "ListSecretsRequest.updated", "ListSecretsRequest.expiration", "ListSecretsRequest.sort",
			"ListSecretsRequest.with_consumers", "GetSecretRequest.with_consumers", "GetPayloadRequest.accept", "DeleteSecretRequest.unused_only",
			"ListSecretConsumersRequest.offset", "ListSecretConsumersRequest.limit",
			"ListContainersRequest.offset", "ListContainersRequest.limit", "ListContainersRequest.name", "ListContainersRequest.type",
			"ListConsumersRequest.offset", "ListConsumersRequest.limit",
			"ListOrdersRequest.offset", "ListOrdersRequest.limit", "ListOrdersRequest.meta",
			"ListProjectQuotasRequest.offset", "ListProjectQuotasRequest.limit",
		),
		Nullable: set(
			"Secret.name", "Secret.expiration", "Secret.algorithm", "Secret.bit_length", "Secret.mode",
			"Container.name", "ContainerSecret.name", "OrderMeta.name", "OrderMeta.expiration",
			"Quotas.secrets", "Quotas.orders", "Quotas.containers", "Quotas.consumers", "Quotas.cas",
		),
		OmitEmpty: set("Order.secret_id", "Order.container_id", "Order.error_status_code", "Order.error_reason"),
		Bare: set(
			"Users", "GetSecretResponse", "RegisterSecretConsumerResponse", "UnregisterSecretConsumerResponse",
			"GetContainerResponse", "RegisterConsumerResponse", "UnregisterConsumerResponse", "GetConsumerResponse",
			"GetSecretAclResponse", "GetContainerAclResponse", "GetOrderResponse",
		),
		NaiveTimes: true,
	}
}

// ofQueries are the messages that stand in queries only, which are not the codec's.
var ofQueries = set("TimeBound", "SortKey")

// references are the fields that answers have addresses in, and the others with names that are
// not the proto's.
func references() map[protoreflect.FullName]string {
	names := map[protoreflect.FullName]string{
		"ContainerConsumer.url": "URL", "Consumer.url": "URL", "ReadAcl.project_access": "project-access",
	}
	for _, of := range []string{"Secret", "CreateSecretResponse", "ContainerSecret", "Order"} {
		names[protoreflect.FullName(of+".secret_id")] = "secret_ref"
	}
	for _, of := range []string{"Container", "CreateContainerResponse", "AddContainerSecretResponse", "Order"} {
		names[protoreflect.FullName(of+".container_id")] = "container_ref"
	}
	for _, of := range []string{"Order", "CreateOrderResponse"} {
		names[protoreflect.FullName(of+".order_id")] = "order_ref"
	}
	for _, of := range []string{"ReplaceSecretAclResponse.secret_id", "UpdateSecretAclResponse.secret_id", "ReplaceContainerAclResponse.container_id", "UpdateContainerAclResponse.container_id"} {
		names[protoreflect.FullName(of)] = "acl_ref"
	}
	names["ReplaceMetadataResponse.secret_id"] = "metadata_ref"
	full := map[protoreflect.FullName]string{}
	for name, spelling := range names {
		full[messages+name] = spelling
	}
	return full
}

const messages = "holdplane.secretcontainer.v1."

// spelled has all fields of the messages of files on the wire as they are in the proto.
func spelled(files ...protoreflect.FileDescriptor) map[protoreflect.FullName]string {
	names := map[protoreflect.FullName]string{}
	for _, file := range files {
		for i := range file.Messages().Len() {
			fields := file.Messages().Get(i).Fields()
			for j := range fields.Len() {
				names[fields.Get(j).FullName()] = string(fields.Get(j).Name())
			}
		}
	}
	return names
}

// set holds names of the service's package.
func set(names ...protoreflect.FullName) map[protoreflect.FullName]bool {
	s := make(map[protoreflect.FullName]bool, len(names))
	for _, name := range names {
		s[messages+name] = true
	}
	return s
}
