package connectionvault

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

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
	eventMigrated  = "vault.connection.migrated" // may be asked for, and does not happen here

	eventAll = "*"
)

// anyAPI is the unified API of webhooks that are told of all.
const anyAPI = "vault"

// eventTypes are what webhooks may ask for.
var eventTypes = []string{
	eventAll, eventCreated, eventUpdated, eventCallable, eventDisabled, eventDeleted, eventRevoked, eventMigrated,
	eventFailed, eventPending, eventRecovered, eventDegraded, eventReachable,
}

// news is the making of events: what is not known before a transaction comes in it.
type news struct {
	id    string
	at    int64 // Unix milliseconds
	blank outbox.Message
}

// newNews prepares for the events of one change of a connection.
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
	entity := ""
	for w, err := range t.webhooks.Below(tx, scope(of), table.Page{}, f.application.GetId()) {
		if err != nil {
			return err
		}
		if !w.GetEnabled() || w.GetApi() != anyAPI && w.GetApi() != f.api {
			continue
		}
		if entity == "" {
			if entity, err = entityText(f); err != nil {
				return err
			}
		}
		if err := t.deliver(tx, n, w, f, entity, events); err != nil {
			return err
		}
	}
	return nil
}

// deliver queues events for one webhook. Ids are those of one making, so that running twice
// queues the same; each event has its own, also where one change ends many connections.
func (t *tables) deliver(tx kv.Writer, n news, w *storev1.VaultWebhook, f *facts, entity string, events []string) error {
	for i, event := range events {
		if !slices.Contains(w.GetEvents(), event) && !slices.Contains(w.GetEvents(), eventAll) {
			continue
		}
		part := fmt.Sprintf("%d.%s.%s", i, f.api, f.face.ServiceID)
		message, err := n.blank.With(part+"."+w.GetId(), &storev1.VaultDelivery{
			Tenant: w.GetTenant(), Application: w.GetApplication(), Webhook: w.GetId(), Event: n.id + "." + part, Type: event,
			Entity: entity, EntityId: f.api + "+" + f.face.ServiceID, OccurredAtMs: n.at,
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

// entityText is a connection as webhooks are told of it, as canonical JSON.
func entityText(f *facts) (string, error) {
	m := consumerConnection(f)
	members := map[string]any{
		"id": m.GetId(), "name": m.GetName(), "service_id": m.GetServiceId(), "unified_api": m.GetUnifiedApi(),
		"consumer_id": m.GetConsumerId(), "auth_type": m.GetAuthType(), "enabled": m.GetEnabled(), "state": m.GetState(),
		"health": m.GetHealth(),
	}
	for name, value := range map[string]*string{
		"icon": m.Icon, "logo": m.Logo, "website": m.Website, "tag_line": m.TagLine, "created_at": m.CreatedAt, "updated_at": m.UpdatedAt,
		"credentials_expire_at": m.CredentialsExpireAt, "last_refresh_failed_at": m.LastRefreshFailedAt,
	} {
		if value != nil {
			members[name] = *value
		}
	}
	text, err := canonical(nil, members)
	return string(text), err
}

// happened is what a change of a connection is told as: f before it, and after. Authorizing
// is told as such, also where the connection was callable before; being switched off alone is
// no update.
func happened(before, after *facts) []string {
	var events []string
	authorized := after.token != nil && after.token != before.token
	was, is := before.standing().state, after.standing().state
	off := before.connection.GetEnabled() && !after.connection.GetEnabled()
	if before.connection == nil {
		events = append(events, eventCreated)
	}
	if before.connection != nil && !(off && switchedOnly(before, after)) || before.connection == nil && authorized {
		events = append(events, eventUpdated)
	}
	if off {
		events = append(events, eventDisabled)
	}
	if is == stateCallable && (authorized || was != stateCallable) {
		events = append(events, eventCallable)
	}
	return events
}

// switchedOnly tells whether nothing changed but whether a connection is enabled.
func switchedOnly(before, after *facts) bool {
	m := proto.CloneOf(after.connection)
	m.Enabled, m.UpdatedAtMs = before.connection.GetEnabled(), before.connection.GetUpdatedAtMs()
	return after.token == before.token && proto.Equal(m, before.connection)
}
