package main

import (
	"context"
	"fmt"
	"maps"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// What a consumer can have, by the names of the journal.
const (
	theConsumer = "consumer"
	theSettings = "settings"
	theToken    = "token"
	theMapping  = "mapping"
	theConsents = "consents"
	theSession  = "session"
	theHook     = "webhook" // the application's
)

// shelf is what a writer's consumer has in connection-vault, as far as the writer knows.
type shelf struct {
	consumer string
	there    map[string]string // what there is
	unsure   *move             // the server died over it
	events   map[string]int    // the moves that were made
	hook     string            // the webhook's id
	session  string            // the last one's token
	version  int               // makes every move another one
}

// move is a change. All of it is made, or nothing.
type move struct {
	event string            // in the audit log; empty for what nobody can tell after a kill
	sets  map[string]string // what is there then; empty where it is gone
	call  func(context.Context, grpc.ClientConnInterface) error
}

func newShelf(number int) shelf {
	return shelf{consumer: fmt.Sprintf("consumer-%d", number), there: map[string]string{}, events: map[string]int{}}
}

// useVault makes one move; false when the server is gone, or about to go.
func (c *crash) useVault(s *server, w *writer) bool {
	v := &w.shelf
	m := v.next(w)
	err := m.call(bearing(c.t.Context(), crashKey), s.public)
	if err == nil {
		v.made(m)
		return true
	}
	v.unsure = m
	switch status.Code(err) {
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition, codes.Unauthenticated, codes.PermissionDenied:
	default:
		if c.ending.Load() {
			return false
		}
	}
	c.t.Errorf("writer %d: %s to %v of %v: %v", w.number, m.event, m.sets, v.there, err)
	return false
}

func (v *shelf) made(m *move) {
	if m.event != "" {
		v.events[m.event]++
	}
	v.there = m.after(v.there)
}

// after is what there is when a move was made.
func (m *move) after(there map[string]string) map[string]string {
	after := maps.Clone(there)
	for name, value := range m.sets {
		if after[name] = value; value == "" {
			delete(after, name)
		}
	}
	return after
}

// next makes up a move.
func (v *shelf) next(w *writer) *move {
	v.version++
	text := strconv.Itoa(v.version)
	switch n := w.random.IntN(16); {
	case n < 2 || v.there[theConsumer] == "":
		return v.settings(text)
	case n < 4:
		return v.importToken(text)
	case n < 6:
		return v.moveHook(text)
	case n == 6:
		return v.rename(text)
	case n == 7:
		return v.deleteConsumer()
	case n == 8 && v.there[theSession] == "":
		return v.openSession()
	case v.there[theSettings] == "":
		return v.settings(text)
	case n < 10:
		return v.deleteConnection(w.random.IntN(2) == 0)
	case n < 13:
		return v.consent()
	}
	return v.moveMapping(text, w.random.IntN(3) == 0)
}

// settings adds a connection, or changes it.
func (v *shelf) settings(text string) *move {
	settings := fmt.Sprintf(`{"base_url":"https://crash.api-us1.com","api_key":"key %s"}`, text)
	r := &connectionvaultv1.UpdateConnectionRequest{
		ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed,
		Settings: settings, Metadata: fmt.Sprintf(`{"version":%s}`, text),
	}
	return &move{"connection.update", v.withConsumer(theSettings, settings+r.GetMetadata()), func(ctx context.Context, to grpc.ClientConnInterface) error {
		_, err := connectionvaultv1.NewConnectionServiceClient(to).UpdateConnection(ctx, r)
		return err
	}}
}

func (v *shelf) importToken(text string) *move {
	r := &connectionvaultv1.ImportConnectionRequest{
		ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: granted,
		Credentials: &connectionvaultv1.ImportedCredentials{AccessToken: proto.String("token " + text)},
	}
	return &move{"connection.import", v.withConsumer(theToken, "token "+text), func(ctx context.Context, to grpc.ClientConnInterface) error {
		_, err := connectionvaultv1.NewConnectionServiceClient(to).ImportConnection(ctx, r)
		return err
	}}
}

// withConsumer is what a connection sets, which brings its consumer along.
func (v *shelf) withConsumer(name, value string) map[string]string {
	sets := map[string]string{name: value}
	if v.there[theConsumer] == "" {
		sets[theConsumer] = nameless
	}
	return sets
}

// nameless is a consumer without metadata.
const nameless = "nameless"

// deleteConnection has all that belongs to a connection go with it.
func (v *shelf) deleteConnection(token bool) *move {
	r := &connectionvaultv1.DeleteConnectionRequest{ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed}
	sets := map[string]string{theSettings: "", theMapping: "", theConsents: ""}
	if token && v.there[theToken] != "" {
		r.ServiceId, sets = granted, map[string]string{theToken: ""}
	}
	return &move{"connection.delete", sets, func(ctx context.Context, to grpc.ClientConnInterface) error {
		_, err := connectionvaultv1.NewConnectionServiceClient(to).DeleteConnection(ctx, r)
		return err
	}}
}

// consent adds to what there is: each one counts.
func (v *shelf) consent() *move {
	n, _ := strconv.Atoi(v.there[theConsents]) // 0 for none
	return &move{"connection.consent", map[string]string{theConsents: strconv.Itoa(n + 1)}, func(ctx context.Context, to grpc.ClientConnInterface) error {
		_, err := connectionvaultv1.NewConsentServiceClient(to).RecordConsent(ctx, &connectionvaultv1.RecordConsentRequest{
			ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed, Granted: true, Resources: `"*"`,
		})
		return err
	}}
}

// moveMapping makes the connection's one mapping, changes it, or deletes it.
func (v *shelf) moveMapping(text string, end bool) *move {
	value, there := "$.age"+text, v.there[theMapping] != ""
	if end = end && there; end {
		value = ""
	}
	return &move{"connection.map", map[string]string{theMapping: value}, func(ctx context.Context, to grpc.ClientConnInterface) (err error) {
		mappings := connectionvaultv1.NewResourceServiceClient(to)
		switch {
		case end:
			_, err = mappings.DeleteMapping(ctx, &connectionvaultv1.DeleteMappingRequest{
				ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed, TargetFieldId: fieldID,
			})
		case there:
			_, err = mappings.UpdateMapping(ctx, &connectionvaultv1.UpdateMappingRequest{
				ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed, TargetFieldId: fieldID, Value: value,
			})
		default:
			_, err = mappings.CreateMapping(ctx, &connectionvaultv1.CreateMappingRequest{
				ApplicationId: crashApp, ConsumerId: v.consumer, UnifiedApi: "crm", ServiceId: keyed, TargetFieldId: fieldID, Value: value,
			})
		}
		return err
	}}
}
