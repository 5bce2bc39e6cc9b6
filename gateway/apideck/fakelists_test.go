package apideck_test

import (
	"context"

	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// consumers are two, a page each.
type consumers struct {
	vaultv1.UnimplementedConsumerServiceServer
}

func consumer(id string) *vaultv1.Consumer {
	return &vaultv1.Consumer{
		ConsumerId: id, ApplicationId: "shop", Metadata: &vaultv1.ConsumerMetadata{AccountName: new("ACME")}, Services: []string{"pipedrive"},
		Connections: []*vaultv1.ConsumerConnection{{
			Id: "crm+pipedrive", Name: "Pipedrive", ServiceId: "pipedrive", UnifiedApi: "crm", ConsumerId: id, AuthType: "oauth2", Enabled: true, State: "callable",
			CreatedAt: new(iso), UpdatedAt: new(iso), Health: "pending_refresh", CredentialsExpireAt: new(iso), LastRefreshFailedAt: new(iso),
		}},
		AggregatedRequestCount: 3, RequestCounts: &vaultv1.RequestCounts{Vault: 3}, Created: iso, Modified: iso, RequestCountUpdated: new(iso),
	}
}

func (consumers) CreateConsumer(_ context.Context, r *vaultv1.CreateConsumerRequest) (*vaultv1.CreateConsumerResponse, error) {
	if r.GetConsumerId() == "ann" {
		return nil, fault.AlreadyExists("CONSUMER_EXISTS", "consumer ann exists")
	}
	return &vaultv1.CreateConsumerResponse{Consumer: &vaultv1.Consumer{ConsumerId: r.GetConsumerId(), ApplicationId: r.GetApplicationId(), Metadata: r.GetMetadata(), Created: iso, Modified: iso}}, nil
}

func (consumers) ListConsumers(_ context.Context, r *vaultv1.ListConsumersRequest) (*vaultv1.ListConsumersResponse, error) {
	switch r.GetCursor() {
	case "":
		return &vaultv1.ListConsumersResponse{Consumers: []*vaultv1.Consumer{consumer("ann")}, CurrentCursor: "c1", NextCursor: "c2", Total: 2}, nil
	case "c2":
		return &vaultv1.ListConsumersResponse{Consumers: []*vaultv1.Consumer{consumer("ben")}, CurrentCursor: "c2", PreviousCursor: "c1", Total: 2}, nil
	}
	return nil, fault.InvalidArgument("CURSOR_INVALID", "the cursor is not valid for this list; start again without one")
}

func (consumers) GetConsumer(_ context.Context, r *vaultv1.GetConsumerRequest) (*vaultv1.GetConsumerResponse, error) {
	if r.GetConsumerId() != "ann@acme/1" {
		return nil, fault.NotFound("CONSUMER_NOT_FOUND", "consumer %s does not exist", r.GetConsumerId())
	}
	return &vaultv1.GetConsumerResponse{Consumer: consumer(r.GetConsumerId())}, nil
}

func (consumers) UpdateConsumer(_ context.Context, r *vaultv1.UpdateConsumerRequest) (*vaultv1.UpdateConsumerResponse, error) {
	m := consumer(r.GetConsumerId())
	m.Metadata = r.GetMetadata()
	return &vaultv1.UpdateConsumerResponse{Consumer: m}, nil
}

func (consumers) DeleteConsumer(_ context.Context, r *vaultv1.DeleteConsumerRequest) (*vaultv1.DeleteConsumerResponse, error) {
	return &vaultv1.DeleteConsumerResponse{ConsumerId: r.GetConsumerId()}, nil
}

func (consumers) GetConsumerStats(_ context.Context, r *vaultv1.GetConsumerStatsRequest) (*vaultv1.GetConsumerStatsResponse, error) {
	return &vaultv1.GetConsumerStatsResponse{
		ConsumerId: r.GetConsumerId(), ApplicationId: r.GetApplicationId(), StartDatetime: r.GetStartDatetime(), EndDatetime: r.GetEndDatetime(),
		AggregatedRequestCount: 3, RequestCounts: &vaultv1.RequestCounts{Vault: 3},
	}, nil
}

// logs has one of a service and one of none.
type logs struct {
	vaultv1.UnimplementedLogServiceServer
}

func (logs) ListLogs(context.Context, *vaultv1.ListLogsRequest) (*vaultv1.ListLogsResponse, error) {
	get := &vaultv1.LoggedOperation{Id: "vault.connectionsOne", Name: "Get connection"}
	return &vaultv1.ListLogsResponse{Logs: []*vaultv1.Log{
		{Id: "l2", ApiStyle: "REST", BaseUrl: public, ConsumerId: "ann", Duration: 12.5, Execution: 12, Latency: 3, HttpMethod: "GET", Operation: get, Path: pipedrive,
			Service: &vaultv1.LoggedService{Id: "pipedrive", Name: "Pipedrive"}, SourceIp: new("192.0.2.1"), StatusCode: 200, Success: true, Timestamp: iso, UnifiedApi: "vault"},
		{Id: "l1", ApiStyle: "REST", BaseUrl: public, ConsumerId: "ann", ErrorMessage: new("no"), HttpMethod: "GET", Operation: get, Path: "/vault/connections", StatusCode: 401, Timestamp: iso, UnifiedApi: "vault"},
	}, CurrentCursor: "c1"}, nil
}

// connectors are one, and its unified API.
type connectors struct {
	vaultv1.UnimplementedConnectorServiceServer
}

func connector() *vaultv1.Connector {
	return &vaultv1.Connector{
		Id: "pipedrive", Name: "Pipedrive", Status: "live", AuthType: "oauth2", ServiceId: "pipedrive", WebsiteUrl: new("https://pipedrive.example.com"),
		OauthGrantType: new("authorization_code"), OauthCredentialsSource: new("integration"), OauthScopes: []*vaultv1.OauthScope{{Id: "a", Label: "a", DefaultApis: []string{"crm"}}},
		UnifiedApis: []*vaultv1.ConnectorApi{{Id: "crm", Name: "CRM"}}, Settings: []*vaultv1.FormField{{Id: "s", Label: "S", Type: "text"}},
	}
}

func (connectors) ListConnectors(context.Context, *vaultv1.ListConnectorsRequest) (*vaultv1.ListConnectorsResponse, error) {
	return &vaultv1.ListConnectorsResponse{Connectors: []*vaultv1.Connector{connector()}, CurrentCursor: "c1", Total: 1}, nil
}

func (connectors) GetConnector(_ context.Context, r *vaultv1.GetConnectorRequest) (*vaultv1.GetConnectorResponse, error) {
	if r.GetId() != "pipedrive" {
		return nil, fault.NotFound("CONNECTOR_NOT_FOUND", "connector %s does not exist", r.GetId())
	}
	return &vaultv1.GetConnectorResponse{Connector: connector()}, nil
}

func (connectors) ListApis(context.Context, *vaultv1.ListApisRequest) (*vaultv1.ListApisResponse, error) {
	return &vaultv1.ListApisResponse{Apis: []*vaultv1.Api{{Id: "crm", Type: "unified", Name: "CRM", Status: "live"}}, CurrentCursor: "c1", Total: 1}, nil
}

func (connectors) GetApi(_ context.Context, r *vaultv1.GetApiRequest) (*vaultv1.GetApiResponse, error) {
	return &vaultv1.GetApiResponse{Api: &vaultv1.Api{Id: r.GetId(), Type: "unified", Name: "CRM", Status: "live", Connectors: []*vaultv1.ApiConnector{{Id: "pipedrive", Name: "Pipedrive"}}}}, nil
}

// webhooks says what it is told.
type webhooks struct {
	vaultv1.UnimplementedWebhookServiceServer
}

func webhook() *vaultv1.Webhook {
	return &vaultv1.Webhook{
		Id: "w1", UnifiedApi: "vault", Status: "enabled", DisabledReason: "none", DeliveryUrl: "https://shop.example.com/hook",
		Events: []string{"vault.connection.created"}, CreatedAt: iso, UpdatedAt: iso,
	}
}

func (webhooks) ListWebhooks(context.Context, *vaultv1.ListWebhooksRequest) (*vaultv1.ListWebhooksResponse, error) {
	return &vaultv1.ListWebhooksResponse{Webhooks: []*vaultv1.Webhook{webhook()}, CurrentCursor: "c1", Total: 1}, nil
}

func (webhooks) CreateWebhook(_ context.Context, r *vaultv1.CreateWebhookRequest) (*vaultv1.CreateWebhookResponse, error) {
	m := webhook()
	m.Description, m.Events, m.DeliveryUrl = r.Description, r.GetEvents(), r.GetDeliveryUrl()
	return &vaultv1.CreateWebhookResponse{Webhook: m}, nil
}

func (webhooks) GetWebhook(_ context.Context, r *vaultv1.GetWebhookRequest) (*vaultv1.GetWebhookResponse, error) {
	if r.GetId() != "w1" {
		return nil, fault.NotFound("WEBHOOK_NOT_FOUND", "webhook %s does not exist", r.GetId())
	}
	return &vaultv1.GetWebhookResponse{Webhook: webhook()}, nil
}

func (webhooks) UpdateWebhook(_ context.Context, r *vaultv1.UpdateWebhookRequest) (*vaultv1.UpdateWebhookResponse, error) {
	m := webhook()
	m.Status = r.GetStatus()
	return &vaultv1.UpdateWebhookResponse{Webhook: m}, nil
}

func (webhooks) DeleteWebhook(context.Context, *vaultv1.DeleteWebhookRequest) (*vaultv1.DeleteWebhookResponse, error) {
	return &vaultv1.DeleteWebhookResponse{Webhook: webhook()}, nil
}
