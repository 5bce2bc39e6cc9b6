package connectionvault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	// deliveryTime is how long a receiver has to answer. Apideck gives it 60 seconds; here
	// others' deliveries wait for it.
	deliveryTime = 10 * time.Second
	// givenUpAfter is how long deliveries to a webhook fail before it is disabled.
	givenUpAfter = 72 * time.Hour
)

// eventSource is what payloads name as the service that tells.
const eventSource = "apideck-vault"

// deliverers make deliveries, by topic.
func (s *Service) deliverers() map[string]outbox.Handler {
	return map[string]outbox.Handler{topicEvent: s.deliverEvent}
}

// deliverEvent tries a delivery once. Those of a webhook that is deleted or disabled are
// dropped. They are made at least once and side by side: after a failure, or with many at
// once, what happened to a connection may be told in another order.
func (s *Service) deliverEvent(ctx context.Context, payload []byte) error {
	var m storev1.VaultDelivery
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode a delivery: %w", err)
	}
	webhook, key, err := s.recipient(ctx, &m)
	if err != nil || webhook == nil {
		return err
	}
	now := time.Now()
	leave, wait := s.pace.enter(webhook.GetId(), overdue(&m, webhook, now))
	if leave == nil {
		return &outbox.Again{After: wait}
	}
	err = s.send(ctx, webhook.GetUrl(), key, &m)
	wait = leave.end(err == nil)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if m.GetTriedAtMs() == 0 {
		m.TriedAtMs = now.UnixMilli()
	}
	if overdue(&m, webhook, time.Now()) {
		if given, err := s.giveUp(ctx, webhook); given || err != nil {
			return err
		}
	}
	m.Attempts++
	next, encoding := proto.Marshal(&m)
	if encoding != nil {
		return fmt.Errorf("encode a delivery: %w", encoding)
	}
	return &outbox.Again{After: max(wait, pauseAfter(m.GetAttempts())), Payload: next, Cause: err}
}

// overdue tells whether a delivery has failed for so long that a further failure is the last.
// Whoever changes a webhook gets the time anew.
func overdue(m *storev1.VaultDelivery, webhook *storev1.VaultWebhook, now time.Time) bool {
	if m.GetTriedAtMs() == 0 {
		return false
	}
	since := time.UnixMilli(max(m.GetTriedAtMs(), webhook.GetUpdatedAtMs()))
	return now.Sub(since) >= givenUpAfter
}

// recipient reads who gets a delivery, and what it is signed with: the application's newest
// key. It is nil when nobody gets it any more.
func (s *Service) recipient(ctx context.Context, m *storev1.VaultDelivery) (webhook *storev1.VaultWebhook, key string, err error) {
	of := scope(tenant.ID(m.GetTenant()))
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		if webhook, err = s.tables.webhooks.Get(tx, of, m.GetApplication(), m.GetWebhook()); err != nil {
			return err
		}
		application, err := s.tables.applications.Get(tx, of, m.GetApplication())
		if err != nil {
			return err
		}
		if len(application.GetKeys()) == 0 {
			return fmt.Errorf("application %s has no key to sign with", m.GetApplication())
		}
		key = application.GetKeys()[0].GetSecret()
		return nil
	})
	gone := errors.Is(err, kv.ErrNotFound) || errors.Is(err, kv.ErrDestroyed)
	if gone || err == nil && !webhook.GetEnabled() {
		s.pace.forget(m.GetWebhook())
		return nil, "", nil
	}
	return webhook, key, err
}

// send makes the call. Anything but a 2xx that answers the event itself is an error.
func (s *Service) send(ctx context.Context, url, key string, m *storev1.VaultDelivery) error {
	body, err := eventBody(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deliveryTime)
	defer cancel()
	r, err := s.outside.public.Send(ctx, egress.Request{Method: "POST", URL: url, Body: body, Header: map[string]string{
		"Content-Type":              "application/json",
		"X-Apideck-Event-Type":      m.GetType(),
		"X-Apideck-Signature":       signature(body, key),
		"X-Apideck-Idempotency-Key": m.GetEvent() + "." + m.GetWebhook(),
	}})
	if err != nil {
		return fmt.Errorf("webhook %s: %w", m.GetWebhook(), err)
	}
	if r.Status/100 != 2 {
		return fmt.Errorf("webhook %s: answered by status %d", m.GetWebhook(), r.Status)
	}
	if r.Method != "POST" {
		return fmt.Errorf("webhook %s: redirects, which loses the event", m.GetWebhook())
	}
	return nil
}

// eventBody is what is sent, as canonical JSON.
func eventBody(m *storev1.VaultDelivery) ([]byte, error) {
	return canonical(nil, map[string]any{"payload": map[string]any{
		"event_id": m.GetEvent(), "event_type": m.GetType(), "service_id": eventSource,
		"entity_id": m.GetEntityId(), "entity_type": "Connection", "entity": written(m.GetEntity()),
		"execution_attempt": int64(m.GetAttempts()) + 1, "occurred_at": iso(m.GetOccurredAtMs()),
	}})
}

func signature(body []byte, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
