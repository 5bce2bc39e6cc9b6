package main

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// vaultRows are those of connection-vault. Whose application it isn't is told so as somebody
// without a credential is.
var vaultRows = map[string]row{
	connectionvaultv1.ConnectionService_ListConnections_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListConnectionsRequest{ApplicationId: w.app(t), ConsumerId: "ann"}
	}},
	connectionvaultv1.ConnectionService_GetConnection_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetConnectionRequest{ApplicationId: w.app(t), ConsumerId: "ann", UnifiedApi: "crm", ServiceId: keyed}
	}},
	connectionvaultv1.ConnectionService_UpdateConnection_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.UpdateConnectionRequest{ApplicationId: w.app(t), ConsumerId: "ann", UnifiedApi: "crm", ServiceId: keyed, Enabled: proto.Bool(true)}
	}},
	connectionvaultv1.ConnectionService_DeleteConnection_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.DeleteConnectionRequest{ApplicationId: w.app(t), ConsumerId: w.connected(t), UnifiedApi: "crm", ServiceId: keyed}
	}},
	connectionvaultv1.ConnectionService_ImportConnection_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ImportConnectionRequest{ApplicationId: w.app(t), ConsumerId: "ann", UnifiedApi: "crm", ServiceId: granted, Credentials: &connectionvaultv1.ImportedCredentials{
			AccessToken: proto.String("a token"), IssuedAt: proto.String(time.Now().UTC().Format(time.RFC3339)),
		}}
	}},
	connectionvaultv1.ConnectionService_AuthorizeConnection_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, right: codes.FailedPrecondition, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.AuthorizeConnectionRequest{ApplicationId: w.app(t), ConsumerId: w.connected(t), UnifiedApi: "crm", ServiceId: keyed}
	}},
	connectionvaultv1.ConnectionService_ValidateConnection_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ValidateConnectionRequest{ApplicationId: w.app(t), ConsumerId: w.connected(t), UnifiedApi: "crm", ServiceId: keyed}
	}},
	connectionvaultv1.ConnectionService_ConfirmConnection_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, right: codes.FailedPrecondition, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ConfirmConnectionRequest{ApplicationId: w.app(t), ConsumerId: w.connected(t), UnifiedApi: "crm", ServiceId: keyed, ConfirmToken: "none"}
	}},
	connectionvaultv1.ConnectionService_CreateCallbackState_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, right: codes.FailedPrecondition, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.CreateCallbackStateRequest{ApplicationId: w.app(t), ConsumerId: "ann", UnifiedApi: "crm", ServiceId: keyed}
	}},
	connectionvaultv1.ResourceService_GetResourceConfig_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, right: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetResourceConfigRequest{ApplicationId: w.app(t), ConsumerId: "ann", UnifiedApi: "crm", ServiceId: keyed, Resource: "contacts"}
	}},
	connectionvaultv1.ResourceService_UpdateResourceConfig_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, right: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.UpdateResourceConfigRequest{ApplicationId: w.app(t), ConsumerId: "ann", UnifiedApi: "crm", ServiceId: keyed, Resource: "contacts", Configuration: `[]`}
	}},
	connectionvaultv1.ResourceService_ListResourceMappings_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListResourceMappingsRequest{ApplicationId: w.app(t), ConsumerId: w.mapped(t), UnifiedApi: "crm", ServiceId: keyed, Resource: "contacts"}
	}},
	connectionvaultv1.ResourceService_ListMappings_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListMappingsRequest{ApplicationId: w.app(t), ConsumerId: w.mapped(t), UnifiedApi: "crm", ServiceId: keyed}
	}},
	connectionvaultv1.ResourceService_GetMapping_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetMappingRequest{ApplicationId: w.app(t), ConsumerId: w.mapped(t), UnifiedApi: "crm", ServiceId: keyed, TargetFieldId: fieldID}
	}},
	connectionvaultv1.ResourceService_CreateMapping_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.CreateMappingRequest{ApplicationId: w.app(t), ConsumerId: w.connected(t), UnifiedApi: "crm", ServiceId: keyed, TargetFieldId: fieldID, Value: "$.age"}
	}},
	connectionvaultv1.ResourceService_UpdateMapping_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.UpdateMappingRequest{ApplicationId: w.app(t), ConsumerId: w.mapped(t), UnifiedApi: "crm", ServiceId: keyed, TargetFieldId: fieldID, Value: "$.years"}
	}},
	connectionvaultv1.ResourceService_DeleteMapping_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.DeleteMappingRequest{ApplicationId: w.app(t), ConsumerId: w.mapped(t), UnifiedApi: "crm", ServiceId: keyed, TargetFieldId: fieldID}
	}},
	connectionvaultv1.ConsentService_ListConsents_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListConsentsRequest{ApplicationId: w.app(t), ConsumerId: w.connected(t), UnifiedApi: "crm", ServiceId: keyed}
	}},
	connectionvaultv1.ConsentService_RecordConsent_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.RecordConsentRequest{ApplicationId: w.app(t), ConsumerId: w.connected(t), UnifiedApi: "crm", ServiceId: keyed, Granted: true, Resources: `"*"`}
	}},
	connectionvaultv1.SessionService_CreateSession_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.CreateSessionRequest{ApplicationId: w.app(t), ConsumerId: "ann"}
	}},
	connectionvaultv1.ConsumerService_CreateConsumer_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.CreateConsumerRequest{ApplicationId: w.app(t), ConsumerId: id.New("consumer")}
	}},
	connectionvaultv1.ConsumerService_ListConsumers_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListConsumersRequest{ApplicationId: w.app(t)}
	}},
	connectionvaultv1.ConsumerService_GetConsumer_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetConsumerRequest{ApplicationId: w.app(t), ConsumerId: w.known(t)}
	}},
	connectionvaultv1.ConsumerService_UpdateConsumer_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.UpdateConsumerRequest{ApplicationId: w.app(t), ConsumerId: w.known(t), Metadata: &connectionvaultv1.ConsumerMetadata{UserName: proto.String("Ann")}}
	}},
	connectionvaultv1.ConsumerService_DeleteConsumer_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.DeleteConsumerRequest{ApplicationId: w.app(t), ConsumerId: w.known(t)}
	}},
	connectionvaultv1.ConsumerService_GetConsumerStats_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetConsumerStatsRequest{ApplicationId: w.app(t), ConsumerId: w.known(t), StartDatetime: "2026-01-01T00:00:00.000Z", EndDatetime: "2026-01-31T00:00:00.000Z"}
	}},
	connectionvaultv1.LogService_ListLogs_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListLogsRequest{ApplicationId: w.app(t), StartDate: "2026-01-01T00:00:00Z", EndDate: "2100-01-01T00:00:00Z", StatusCodes: []int32{200}}
	}},
	connectionvaultv1.ConnectorService_ListConnectors_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListConnectorsRequest{ApplicationId: w.app(t)}
	}},
	connectionvaultv1.ConnectorService_GetConnector_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetConnectorRequest{ApplicationId: w.app(t), Id: keyed}
	}},
	connectionvaultv1.ConnectorService_ListApis_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListApisRequest{ApplicationId: w.app(t)}
	}},
	connectionvaultv1.ConnectorService_GetApi_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetApiRequest{ApplicationId: w.app(t), Id: "crm"}
	}},
	connectionvaultv1.WebhookService_ListWebhooks_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListWebhooksRequest{ApplicationId: w.app(t)}
	}},
	connectionvaultv1.WebhookService_CreateWebhook_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return newHook(w.app(t))
	}},
	connectionvaultv1.WebhookService_GetWebhook_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetWebhookRequest{ApplicationId: w.app(t), Id: w.hook(t)}
	}},
	connectionvaultv1.WebhookService_UpdateWebhook_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.UpdateWebhookRequest{ApplicationId: w.app(t), Id: w.hook(t), Status: proto.String("disabled")}
	}},
	connectionvaultv1.WebhookService_DeleteWebhook_FullMethodName: {permission: "vault.everything", foreign: codes.Unauthenticated, denied: codes.Unauthenticated, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.DeleteWebhookRequest{ApplicationId: w.app(t), Id: w.hook(t)}
	}},
	connectionvaultv1.TokenService_GetAccessToken_FullMethodName: {permission: "vault.tokens.read", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.GetAccessTokenRequest{ApplicationId: w.app(t), ConsumerId: w.connected(t), UnifiedApi: "crm", ServiceId: keyed}
	}},

	connectionvaultv1.BrowserService_BeginAuthorization_FullMethodName: {door: anyone, right: codes.InvalidArgument, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.BeginAuthorizationRequest{ServiceId: keyed, ApplicationId: w.app(t), State: "none"}
	}},
	connectionvaultv1.BrowserService_EndAuthorization_FullMethodName: {door: anyone, right: codes.InvalidArgument, request: func(*testing.T, *world) proto.Message {
		return &connectionvaultv1.EndAuthorizationRequest{State: "none", Code: "none"}
	}},
	connectionvaultv1.BrowserService_BeginRevocation_FullMethodName: {door: anyone, right: codes.InvalidArgument, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.BeginRevocationRequest{ServiceId: keyed, ApplicationId: w.app(t), State: "none"}
	}},
	connectionvaultv1.BrowserService_OpenSession_FullMethodName: {door: anyone, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.OpenSessionRequest{SessionToken: w.session(w.asOwner(t), t)}
	}},

	connectionvaultv1.OperatorService_AddApplication_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &connectionvaultv1.AddApplicationRequest{Tenant: w.tenant}
	}},
	connectionvaultv1.OperatorService_ListApplications_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &connectionvaultv1.ListApplicationsRequest{Tenant: w.tenant}
	}},
	connectionvaultv1.OperatorService_RotateApplicationKey_FullMethodName: {door: operator, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.RotateApplicationKeyRequest{Tenant: w.tenant, ApplicationId: w.app(t)}
	}},
	connectionvaultv1.OperatorService_SetIntegration_FullMethodName: {door: operator, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.SetIntegrationRequest{Tenant: w.tenant, ApplicationId: w.app(t), Integration: &connectionvaultv1.NewIntegration{ServiceId: "pipedrive"}}
	}},
	connectionvaultv1.OperatorService_RemoveIntegration_FullMethodName: {door: operator, right: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &connectionvaultv1.RemoveIntegrationRequest{Tenant: w.tenant, ApplicationId: w.app(t), ServiceId: "hubspot"}
	}},
}
