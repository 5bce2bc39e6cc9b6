package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

func (v *shelf) rename(text string) *move {
	name := "name " + text
	return &move{"consumer.update", map[string]string{theConsumer: name}, func(ctx context.Context, to grpc.ClientConnInterface) error {
		_, err := connectionvaultv1.NewConsumerServiceClient(to).UpdateConsumer(ctx, &connectionvaultv1.UpdateConsumerRequest{
			ApplicationId: crashApp, ConsumerId: v.consumer, Metadata: &connectionvaultv1.ConsumerMetadata{UserName: proto.String(name)},
		})
		return err
	}}
}

// deleteConsumer has all go that the consumer has, and the session with it.
func (v *shelf) deleteConsumer() *move {
	sets := map[string]string{}
	for name := range v.there {
		if name != theHook {
			sets[name] = ""
		}
	}
	return &move{"consumer.delete", sets, func(ctx context.Context, to grpc.ClientConnInterface) error {
		_, err := connectionvaultv1.NewConsumerServiceClient(to).DeleteConsumer(ctx, &connectionvaultv1.DeleteConsumerRequest{
			ApplicationId: crashApp, ConsumerId: v.consumer,
		})
		return err
	}}
}

// openSession makes a session. Where the server dies over it nobody has its token.
func (v *shelf) openSession() *move {
	m := &move{sets: map[string]string{}}
	m.call = func(ctx context.Context, to grpc.ClientConnInterface) error {
		made, err := connectionvaultv1.NewSessionServiceClient(to).CreateSession(ctx, &connectionvaultv1.CreateSessionRequest{
			ApplicationId: crashApp, ConsumerId: v.consumer,
		})
		if err == nil {
			v.session, m.sets[theSession] = made.GetSessionToken(), "open"
		}
		return err
	}
	return m
}

// moveHook makes the writer's webhook, changes it, or deletes it. It is off: nothing is
// delivered.
func (v *shelf) moveHook(text string) *move {
	url, hook := "https://example.com/"+text, v.hook
	switch {
	case v.there[theHook] == "":
		return &move{"webhook.create", map[string]string{theHook: url}, func(ctx context.Context, to grpc.ClientConnInterface) error {
			made, err := connectionvaultv1.NewWebhookServiceClient(to).CreateWebhook(ctx, &connectionvaultv1.CreateWebhookRequest{
				ApplicationId: crashApp, UnifiedApi: "vault", Status: "disabled", DeliveryUrl: url, Events: []string{"*"}, Description: &v.consumer,
			})
			v.hook = made.GetWebhook().GetId()
			return err
		}}
	case v.version%4 == 0:
		return &move{"webhook.delete", map[string]string{theHook: ""}, func(ctx context.Context, to grpc.ClientConnInterface) error {
			_, err := connectionvaultv1.NewWebhookServiceClient(to).DeleteWebhook(ctx, &connectionvaultv1.DeleteWebhookRequest{ApplicationId: crashApp, Id: hook})
			return err
		}}
	}
	return &move{"webhook.update", map[string]string{theHook: url}, func(ctx context.Context, to grpc.ClientConnInterface) error {
		_, err := connectionvaultv1.NewWebhookServiceClient(to).UpdateWebhook(ctx, &connectionvaultv1.UpdateWebhookRequest{
			ApplicationId: crashApp, Id: hook, DeliveryUrl: proto.String(url),
		})
		return err
	}}
}
