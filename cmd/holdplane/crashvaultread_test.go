package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strconv"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// verifyVault compares what connection-vault keeps with what the writers know, and finds out
// what they don't.
func (c *crash) verifyVault(s *server) {
	ctx := bearing(c.t.Context(), crashKey)
	hooks, err := connectionvaultv1.NewWebhookServiceClient(s.public).ListWebhooks(ctx, &connectionvaultv1.ListWebhooksRequest{
		ApplicationId: crashApp, Limit: proto.Int32(200),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, w := range c.writers {
		v := &w.shelf
		got := map[string]string{}
		for _, hook := range hooks.GetWebhooks() {
			if hook.GetDescription() == v.consumer {
				v.hook, got[theHook] = hook.GetId(), got[theHook]+hook.GetDeliveryUrl()
			}
		}
		for name, read := range v.reads(ctx, s) {
			text, err := read()
			switch code := status.Code(err); {
			case code == codes.OK && text != "":
				got[name] = text
			case code != codes.OK && code != codes.NotFound && (name != theSession || code != codes.Unauthenticated):
				c.t.Errorf("writer %d: the %s of %s: %v", w.number, name, v.consumer, err)
			}
		}
		if err := v.settle(got); err != nil {
			c.t.Errorf("writer %d: %v", w.number, err)
		}
	}
}

// reads read what a consumer has; nothing, or an error, where there is none.
func (v *shelf) reads(ctx context.Context, s *server) map[string]func() (string, error) {
	all := map[string]func() (string, error){
		theConsumer: func() (string, error) { return v.readConsumer(ctx, s) },
		theSettings: func() (string, error) { return v.readSettings(ctx, s) },
		theToken: func() (string, error) {
			r, err := v.secret(ctx, s, granted)
			return r.GetAccessToken(), err
		},
		theMapping: func() (text string, err error) {
			r, err := connectionvaultv1.NewResourceServiceClient(s.public).ListMappings(ctx, &connectionvaultv1.ListMappingsRequest{
				ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed,
			})
			for _, m := range r.GetCustomMappings() {
				text += m.GetValue()
			}
			return text, err
		},
		theConsents: func() (string, error) {
			r, err := connectionvaultv1.NewConsentServiceClient(s.public).ListConsents(ctx, &connectionvaultv1.ListConsentsRequest{
				ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed,
			})
			if len(r.GetConsents()) == 0 {
				return "", err
			}
			return strconv.Itoa(len(r.GetConsents())), err
		},
	}
	if v.session != "" {
		all[theSession] = func() (string, error) {
			ctx := metadata.NewOutgoingContext(ctx, metadata.Pairs("authorization", "Bearer "+v.session))
			_, err := connectionvaultv1.NewConnectionServiceClient(s.public).ListConnections(ctx, &connectionvaultv1.ListConnectionsRequest{})
			return "open", err
		}
	}
	return all
}

func (v *shelf) readConsumer(ctx context.Context, s *server) (string, error) {
	r, err := connectionvaultv1.NewConsumerServiceClient(s.public).GetConsumer(ctx, &connectionvaultv1.GetConsumerRequest{
		ApplicationId: crashApp, ConsumerId: v.consumer,
	})
	return cmp.Or(r.GetConsumer().GetMetadata().GetUserName(), nameless), err
}

// readSettings reads what is secret in a connection, and what is not.
func (v *shelf) readSettings(ctx context.Context, s *server) (string, error) {
	secret, err := v.secret(ctx, s, keyed)
	if err != nil {
		return "", err
	}
	r, err := connectionvaultv1.NewConnectionServiceClient(s.public).GetConnection(ctx, &connectionvaultv1.GetConnectionRequest{
		ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed,
	})
	return secret.GetSettings() + r.GetConnection().GetMetadata(), err
}

// secret is what internal services get of a connection.
func (v *shelf) secret(ctx context.Context, s *server, service string) (*connectionvaultv1.GetAccessTokenResponse, error) {
	return connectionvaultv1.NewTokenServiceClient(s.public).GetAccessToken(ctx, &connectionvaultv1.GetAccessTokenRequest{
		ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: service,
	})
}

// settle compares what is there with what the writer knows, and takes over what may be.
func (v *shelf) settle(got map[string]string) error {
	m := v.unsure
	v.unsure = nil
	switch {
	case maps.Equal(got, v.there):
		return nil
	case m != nil && maps.Equal(got, m.after(v.there)):
		v.made(m)
		return nil
	case m != nil:
		return fmt.Errorf("%s was cut short and left %v; before it was %v", m.event, got, v.there)
	}
	return fmt.Errorf("%s has %v, want %v", v.consumer, got, v.there)
}

// TestLostConnectionIsNoticed makes sure that the campaign would see what must not be.
func TestLostConnectionIsNoticed(t *testing.T) {
	both := map[string]string{theSettings: "1", theConsents: "1"}
	end := &move{sets: map[string]string{theSettings: "", theConsents: ""}}
	for name, c := range map[string]struct {
		there  map[string]string
		unsure *move
		got    map[string]string
		wrong  bool
	}{
		"as it was":                {there: both, got: both},
		"deleted, unknown":         {there: both, unsure: end},
		"not deleted, unknown":     {there: both, unsure: end, got: both},
		"deleted by half":          {there: both, unsure: end, got: map[string]string{theConsents: "1"}, wrong: true},
		"lost":                     {there: both, got: map[string]string{theConsents: "1"}, wrong: true},
		"an older value":           {there: both, got: map[string]string{theSettings: "0", theConsents: "1"}, wrong: true},
		"a deleted thing is there": {got: both, wrong: true},
	} {
		v := newShelf(0)
		v.there, v.unsure = c.there, c.unsure
		if err := v.settle(c.got); (err != nil) != c.wrong {
			t.Errorf("%s: %v", name, err)
		}
	}
}
