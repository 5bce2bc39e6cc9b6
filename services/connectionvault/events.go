package connectionvault

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicEvent is that of deliveries, whose payload is a VaultDelivery.
const topicEvent = "event"

// What is told of connections.
const (
	eventCreated   = "vault.connection.created"
	eventUpdated   = "vault.connection.updated"
	eventCallable  = "vault.connection.callable"
	eventDisabled  = "vault.connection.disabled"
	eventDeleted   = "vault.connection.deleted"
	eventRevoked   = "vault.connection.revoked"
	eventFailed    = "vault.connection.token_refresh.failed"
	eventPending   = "vault.connection.token_refresh.pending"
	eventRecovered = "vault.connection.token_refresh.recovered"
	eventDegraded  = "vault.connection.downstream.degraded"
	eventReachable = "vault.connection.downstream.recovered"

	eventAll = "*"
)

// anyAPI is the unified API of webhooks that are told of all.
const anyAPI = "vault"

// news is the making of events: what is not known before a transaction comes in it.
type news struct {
	id    string
	at    int64 // Unix milliseconds
	blank outbox.Message
}

// newNews prepares for the events of one change, of a connection or of several.
func newNews(now int64) (news, error) {
	blank, err := outbox.NewMessage(topicEvent, &storev1.VaultDelivery{})
	return news{id: id.New("evt"), at: now, blank: blank}, err
}

// emit queues the deliveries of events to those of the application's webhooks that want them,
// in order. f is the connection as it is told of: after its change or, when it was deleted,
// before. Whoever calls it rings deliveries after the commit.
func (t *tables) emit(tx kv.Writer, of tenant.ID, n news, f *facts, events ...string) error {
	if len(events) == 0 {
		return nil
	}
	var entity []byte
	for w, err := range t.webhooks.Below(tx, scope(of), table.Page{}, f.application.GetId()) {
		if err != nil {
			return err
		}
		if !w.GetEnabled() || w.GetApi() != anyAPI && w.GetApi() != f.api {
			continue
		}
		if entity == nil {
			if entity, err = entityText(f); err != nil {
				return err
			}
		}
		if err := t.deliver(tx, n, w, f, string(entity), events); err != nil {
			return err
		}
	}
	return nil
}

// deliver queues events for one webhook. Ids are those of one making, so that running twice
// queues the same.
func (t *tables) deliver(tx kv.Writer, n news, w *storev1.VaultWebhook, f *facts, entity string, events []string) error {
	for i, event := range events {
		if !slices.Contains(w.GetEvents(), event) && !slices.Contains(w.GetEvents(), eventAll) {
			continue
		}
		which := fmt.Sprintf("%d.%s.%s", i, f.api, f.face.ServiceID)
		message, err := n.blank.With(which+"."+w.GetId(), &storev1.VaultDelivery{
			Tenant: w.GetTenant(), Application: w.GetApplication(), Webhook: w.GetId(), Event: n.id + "." + which, Type: event,
			Entity: entity, EntityId: f.api + "+" + f.face.ServiceID, Service: f.face.ServiceID, OccurredAtMs: n.at,
		})
		if err != nil {
			return err
		}
		if err := t.deliveries.Queue(tx, message); err != nil {
			return err
		}
	}
	return nil
}

// entityText is a connection as webhooks are told of it.
func entityText(f *facts) ([]byte, error) {
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(consumerConnection(f))
	if err != nil {
		return nil, fmt.Errorf("describe a connection: %w", err)
	}
	return text, nil
}

// happened is what a change of a connection is told as: f before it, and after.
func happened(before, after *facts) []string {
	was, is := before.standing().state, after.standing().state
	events := []string{eventUpdated}
	if before.connection == nil {
		events[0] = eventCreated
	}
	if before.connection.GetEnabled() && !after.connection.GetEnabled() {
		events = append(events, eventDisabled)
	}
	if was != stateCallable && is == stateCallable {
		events = append(events, eventCallable)
	}
	return events
}
