package barbican

import (
	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// operations are what Barbican's texts call RPCs. All of them are here.
var operations = map[string]string{
	secretv1.KeyManagerService_ListVersions_FullMethodName:      "Version retrieval",
	secretv1.KeyManagerService_GetVersion_FullMethodName:        "Version retrieval",
	secretv1.KeyManagerService_CheckHealth_FullMethodName:       "System",
	secretv1.KeyManagerService_ListTransportKeys_FullMethodName: "Transport Key(s) retrieval",

	secretv1.SecretService_CreateSecret_FullMethodName: "Secret creation",
	secretv1.SecretService_ListSecrets_FullMethodName:  "Secret(s) retrieval",
	secretv1.SecretService_GetSecret_FullMethodName:    secretRetrieval,
	secretv1.SecretService_StorePayload_FullMethodName: "Secret update",
	secretv1.SecretService_GetPayload_FullMethodName:   "Secret payload retrieval",
	secretv1.SecretService_DeleteSecret_FullMethodName: "Secret deletion",

	secretv1.MetadataService_GetMetadata_FullMethodName:     "Secret metadata retrieval",
	secretv1.MetadataService_ReplaceMetadata_FullMethodName: "Secret metadata creation",
	secretv1.MetadataService_AddMetadatum_FullMethodName:    "Secret metadatum creation",
	secretv1.MetadataService_GetMetadatum_FullMethodName:    "Secret metadatum retrieval",
	secretv1.MetadataService_SetMetadatum_FullMethodName:    "Secret metadatum update",
	secretv1.MetadataService_DeleteMetadatum_FullMethodName: "Secret metadatum removal",

	secretv1.AclService_GetSecretAcl_FullMethodName:        "SecretACL(s) retrieval",
	secretv1.AclService_ReplaceSecretAcl_FullMethodName:    "SecretACL(s) Update",
	secretv1.AclService_UpdateSecretAcl_FullMethodName:     "SecretACL(s) Update",
	secretv1.AclService_DeleteSecretAcl_FullMethodName:     "SecretACL(s) deletion",
	secretv1.AclService_GetContainerAcl_FullMethodName:     "ContainerACL(s) retrieval",
	secretv1.AclService_ReplaceContainerAcl_FullMethodName: "ContainerACL(s) Update",
	secretv1.AclService_UpdateContainerAcl_FullMethodName:  "ContainerACL(s) Update",
	secretv1.AclService_DeleteContainerAcl_FullMethodName:  "ContainerACL(s) deletion",

	secretv1.SecretConsumerService_ListSecretConsumers_FullMethodName:      "SecretConsumers(s) retrieval",
	secretv1.SecretConsumerService_RegisterSecretConsumer_FullMethodName:   "SecretConsumer creation",
	secretv1.SecretConsumerService_UnregisterSecretConsumer_FullMethodName: "SecretConsumer deletion",

	secretv1.ContainerService_CreateContainer_FullMethodName:       "Container creation",
	secretv1.ContainerService_ListContainers_FullMethodName:        "Containers(s) retrieval",
	secretv1.ContainerService_GetContainer_FullMethodName:          "Container retrieval",
	secretv1.ContainerService_DeleteContainer_FullMethodName:       "Container deletion",
	secretv1.ContainerService_AddContainerSecret_FullMethodName:    "Container Secret creation",
	secretv1.ContainerService_RemoveContainerSecret_FullMethodName: "Container Secret deletion",

	secretv1.ConsumerService_ListConsumers_FullMethodName:      "ContainerConsumers(s) retrieval",
	secretv1.ConsumerService_GetConsumer_FullMethodName:        "ContainerConsumer retrieval",
	secretv1.ConsumerService_RegisterConsumer_FullMethodName:   "ContainerConsumer creation",
	secretv1.ConsumerService_UnregisterConsumer_FullMethodName: "ContainerConsumer deletion",

	secretv1.OrderService_CreateOrder_FullMethodName: "Order creation",
	secretv1.OrderService_ListOrders_FullMethodName:  "Order(s) retrieval",
	secretv1.OrderService_GetOrder_FullMethodName:    "Order retrieval",
	secretv1.OrderService_DeleteOrder_FullMethodName: "Order deletion",

	secretv1.QuotaService_GetQuotas_FullMethodName:           "Quotas",
	secretv1.QuotaService_ListProjectQuotas_FullMethodName:   "Project Quotas",
	secretv1.QuotaService_GetProjectQuotas_FullMethodName:    "Project Quotas",
	secretv1.QuotaService_SetProjectQuotas_FullMethodName:    "Project Quotas",
	secretv1.QuotaService_DeleteProjectQuotas_FullMethodName: "Project Quotas",
}

const secretRetrieval = "Secret retrieval"

// operationOf is what a call does. Payloads that are read by the old path are secrets that are
// read.
func operationOf(c *gateway.Call) string {
	name, ok := operations[c.RPC]
	switch {
	case !ok:
		return "System"
	case c.RPC == secretv1.SecretService_GetPayload_FullMethodName && isSecret(asSent(c.Request)):
		return secretRetrieval
	}
	return name
}

// schemaOf are the schemas of bodies, for what only the service finds wrong with them.
var schemaOf = map[string]string{
	secretv1.SecretService_CreateSecret_FullMethodName:                     secretName,
	secretv1.OrderService_CreateOrder_FullMethodName:                       orderName,
	secretv1.ContainerService_CreateContainer_FullMethodName:               containerName,
	secretv1.ContainerService_AddContainerSecret_FullMethodName:            containedName,
	secretv1.ContainerService_RemoveContainerSecret_FullMethodName:         containedName,
	secretv1.ConsumerService_RegisterConsumer_FullMethodName:               consumerName,
	secretv1.ConsumerService_UnregisterConsumer_FullMethodName:             consumerName,
	secretv1.SecretConsumerService_RegisterSecretConsumer_FullMethodName:   secretConsumerName,
	secretv1.SecretConsumerService_UnregisterSecretConsumer_FullMethodName: secretConsumerName,
	secretv1.AclService_ReplaceSecretAcl_FullMethodName:                    aclName,
	secretv1.AclService_UpdateSecretAcl_FullMethodName:                     aclName,
	secretv1.AclService_ReplaceContainerAcl_FullMethodName:                 aclName,
	secretv1.AclService_UpdateContainerAcl_FullMethodName:                  aclName,
	secretv1.MetadataService_ReplaceMetadata_FullMethodName:                metadataName,
	secretv1.MetadataService_AddMetadatum_FullMethodName:                   metadatumName,
	secretv1.MetadataService_SetMetadatum_FullMethodName:                   metadatumName,
	secretv1.QuotaService_SetProjectQuotas_FullMethodName:                  projectQuotaName,
}
