// Package apideck is the wire of Apideck's Vault: the connections of an application's
// consumers, the consumers and their sessions, logs, the catalog of connectors, and webhooks.
//
// Where Apideck's documents are silent, answers are what its SDKs read: @apideck/unify
// 0.52.2, @apideck/node 3.8.0, and sdk-go from v0.0.2 to v0.27.23. What browsers are led
// through without a credential is no part of this dialect.
//
// Browsers of other origins are kept out, though sessions are made for browsers: which
// origins an application has, only the service knows.
package apideck

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/connectionvault/v1"
	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Dialect is the dialect of the Vault, connector and webhook APIs. Sites that have paths
// below /vault come before it.
func Dialect() gateway.Dialect {
	codec := wirejson.New(codecOf(services()))
	return gateway.Dialect{
		Name:            "apideck",
		Owns:            []string{"/vault", "/connector", "/webhook"},
		Elsewhere:       elsewhere,
		Services:        services(),
		Codec:           codec,
		Status:          status,
		RequestIDHeader: "Request-Id",
		RequestID:       func(*http.Request) string { return id.New("req") },
		Admit:           admit,
		Body:            readBody,
		Fill:            fill,
		Answer:          answer(codec),
		Fail:            fail,
		Errors:          docs,
	}
}

func services() []gateway.Service {
	return []gateway.Service{
		gateway.Bind(vaultv1.ConnectionService_ServiceDesc.ServiceName, gw.RegisterConnectionServiceHandlerClient, vaultv1.NewConnectionServiceClient),
		gateway.Bind(vaultv1.ResourceService_ServiceDesc.ServiceName, gw.RegisterResourceServiceHandlerClient, vaultv1.NewResourceServiceClient),
		gateway.Bind(vaultv1.ConsentService_ServiceDesc.ServiceName, gw.RegisterConsentServiceHandlerClient, vaultv1.NewConsentServiceClient),
		gateway.Bind(vaultv1.SessionService_ServiceDesc.ServiceName, gw.RegisterSessionServiceHandlerClient, vaultv1.NewSessionServiceClient),
		gateway.Bind(vaultv1.ConsumerService_ServiceDesc.ServiceName, gw.RegisterConsumerServiceHandlerClient, vaultv1.NewConsumerServiceClient),
		gateway.Bind(vaultv1.LogService_ServiceDesc.ServiceName, gw.RegisterLogServiceHandlerClient, vaultv1.NewLogServiceClient),
		gateway.Bind(vaultv1.ConnectorService_ServiceDesc.ServiceName, gw.RegisterConnectorServiceHandlerClient, vaultv1.NewConnectorServiceClient),
		gateway.Bind(vaultv1.WebhookService_ServiceDesc.ServiceName, gw.RegisterWebhookServiceHandlerClient, vaultv1.NewWebhookServiceClient),
	}
}

// status must be exact: SDKs raise no error at a success they don't know, and find nothing in
// it. An import is 200 although it creates.
var status = map[string]int{
	vaultv1.ConnectionService_DeleteConnection_FullMethodName: http.StatusNoContent,
	vaultv1.ResourceService_DeleteMapping_FullMethodName:      http.StatusNoContent,
	vaultv1.WebhookService_CreateWebhook_FullMethodName:       http.StatusCreated,
}

// elsewhere are operations of Apideck's documents that are not served.
var elsewhere = map[string]string{
	"/vault/connections/*/*/migrate":         "connections are not migrated here: import the other one and delete this one",
	"/vault/connections/*/*/*/schema":        "schemas of resources are not available here: ask the service itself",
	"/vault/connections/*/*/*/example":       "examples of resources are not available here: ask the service itself",
	"/vault/connections/*/*/*/custom-fields": "custom fields of resources are not available here: ask the service itself",
	"/connector/connectors/*/docs":           "guides are not available here: the service's website has its own",
	"/connector/connectors/*/resources":      "the coverage of resources is not available here: unified APIs are not served",
	"/connector/apis/*/resources":            "the coverage of resources is not available here: unified APIs are not served",
	"/webhook/webhooks/*/execute":            "events of providers are not taken here: unified APIs are not served",
	"/webhook/logs":                          "deliveries are not listed here: they are repeated for three days",
}
