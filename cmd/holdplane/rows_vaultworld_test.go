package main

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
)

// What the applications of tests integrate, and what they map there.
const (
	granted = "pipedrive"
	keyed   = "activecampaign"
	fieldID = "crm+contacts+age"
)

// app is the tenant's application, made once.
func (w *world) app(t *testing.T) string {
	t.Helper()
	name := "app-" + w.tenant
	_, err := connectionvaultv1.NewOperatorServiceClient(w.internal).AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{
		Tenant: w.tenant, Id: name, RedirectUris: []string{"https://app.onion/done"},
		Integrations: []*connectionvaultv1.NewIntegration{{ServiceId: keyed}, {ServiceId: granted, ClientId: "ours", ClientSecret: "a secret"}},
	})
	if err != nil && fault.From(err).Code != codes.AlreadyExists {
		t.Fatal(err)
	}
	return name
}

// connected is a consumer who has added the service.
func (w *world) connected(t *testing.T) string {
	t.Helper()
	consumer := id.New("consumer")
	_, err := connectionvaultv1.NewConnectionServiceClient(w.public).UpdateConnection(w.asOwner(t), &connectionvaultv1.UpdateConnectionRequest{
		ApplicationId: w.app(t), ConsumerId: consumer, UnifiedApi: "crm", ServiceId: keyed,
		Enabled: proto.Bool(true), Settings: `{"base_url":"https://example.api-us1.com","api_key":"a key"}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	return consumer
}

// known is a consumer of the application.
func (w *world) known(t *testing.T) string {
	t.Helper()
	consumer := id.New("consumer")
	_, err := connectionvaultv1.NewConsumerServiceClient(w.public).CreateConsumer(w.asOwner(t), &connectionvaultv1.CreateConsumerRequest{
		ApplicationId: w.app(t), ConsumerId: consumer,
	})
	if err != nil {
		t.Fatal(err)
	}
	return consumer
}

// mapped is a consumer with a mapping of fieldID.
func (w *world) mapped(t *testing.T) string {
	t.Helper()
	consumer := w.connected(t)
	_, err := connectionvaultv1.NewResourceServiceClient(w.public).CreateMapping(w.asOwner(t), &connectionvaultv1.CreateMappingRequest{
		ApplicationId: w.app(t), ConsumerId: consumer, UnifiedApi: "crm", ServiceId: keyed, TargetFieldId: fieldID, Value: "$.age",
	})
	if err != nil {
		t.Fatal(err)
	}
	return consumer
}

// newHook has a URL that deliveries fail at without leaving the machine: names of .onion are not
// looked up (RFC 7686).
func newHook(app string) *connectionvaultv1.CreateWebhookRequest {
	return &connectionvaultv1.CreateWebhookRequest{
		ApplicationId: app, UnifiedApi: "vault", Status: "enabled", DeliveryUrl: "https://hooks.onion/hook", Events: []string{"*"},
	}
}

// hook is a webhook of the application.
func (w *world) hook(t *testing.T) string {
	t.Helper()
	hooks := connectionvaultv1.NewWebhookServiceClient(w.public)
	all, err := hooks.ListWebhooks(w.asOwner(t), &connectionvaultv1.ListWebhooksRequest{ApplicationId: w.app(t)})
	if err != nil {
		t.Fatal(err)
	}
	if len(all.GetWebhooks()) > 0 { // there can't be many
		return all.GetWebhooks()[0].GetId()
	}
	made, err := hooks.CreateWebhook(w.asOwner(t), newHook(w.app(t)))
	if err != nil {
		t.Fatal(err)
	}
	return made.GetWebhook().GetId()
}

// session is the token of a consumer's.
func (w *world) session(ctx context.Context, t *testing.T) string {
	t.Helper()
	made, err := connectionvaultv1.NewSessionServiceClient(w.public).CreateSession(ctx, &connectionvaultv1.CreateSessionRequest{
		ApplicationId: w.app(t), ConsumerId: id.New("consumer"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.GetSessionToken()
}
