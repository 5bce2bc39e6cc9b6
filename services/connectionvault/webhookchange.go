package connectionvault

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
)

// UpdateWebhook gives a webhook that failed a new beginning.
func (h webhooks) UpdateWebhook(ctx context.Context, r *connectionvaultv1.UpdateWebhookRequest) (*connectionvaultv1.UpdateWebhookResponse, error) {
	if err := h.s.checkChange(r); err != nil {
		return nil, err
	}
	now := time.Now().UnixMilli()
	done := audit.Event(ctx, "webhook.update", r.GetId())
	var m *storev1.VaultWebhook
	err := h.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		c, old, err := h.s.webhook(ctx, tx, r)
		if err != nil {
			return err
		}
		m = changedWebhook(old, r, now)
		if err := h.s.tables.webhooks.Replace(tx, scope(c.tenant), old, m); err != nil {
			return err
		}
		return h.s.tables.audit.Write(tx, scope(c.tenant), done.With("application", c.application.GetId()))
	})
	if err != nil {
		return nil, err
	}
	h.s.pace.forget(m.GetId())
	return &connectionvaultv1.UpdateWebhookResponse{Webhook: webhookView(m)}, nil
}

func (s *Service) checkChange(r *connectionvaultv1.UpdateWebhookRequest) error {
	if r.DeliveryUrl != nil {
		if err := s.checkURL(r.GetDeliveryUrl()); err != nil {
			return err
		}
	}
	return checkEvents(r.GetEvents())
}

func changedWebhook(old *storev1.VaultWebhook, r *connectionvaultv1.UpdateWebhookRequest, now int64) *storev1.VaultWebhook {
	m := proto.CloneOf(old)
	m.UpdatedAtMs = now
	if r.Description != nil {
		m.Description = r.Description
	}
	if r.Status != nil {
		m.Enabled, m.DisabledReason = r.GetStatus() == webhookOn, disabledNone
	}
	if r.DeliveryUrl != nil {
		m.Url = r.GetDeliveryUrl()
	}
	if len(r.GetEvents()) > 0 {
		m.Events = r.GetEvents()
	}
	return m
}

// DeleteWebhook leaves what is to be delivered in the outbox: it is dropped when it is due.
func (h webhooks) DeleteWebhook(ctx context.Context, r *connectionvaultv1.DeleteWebhookRequest) (*connectionvaultv1.DeleteWebhookResponse, error) {
	done := audit.Event(ctx, "webhook.delete", r.GetId())
	var m *storev1.VaultWebhook
	err := h.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		c, there, err := h.s.webhook(ctx, tx, r)
		if err != nil {
			return err
		}
		m = there
		if err := h.s.tables.webhooks.Delete(tx, scope(c.tenant), m); err != nil {
			return err
		}
		return h.s.tables.audit.Write(tx, scope(c.tenant), done.With("application", c.application.GetId()))
	})
	if err != nil {
		return nil, err
	}
	h.s.pace.forget(m.GetId())
	return &connectionvaultv1.DeleteWebhookResponse{Webhook: webhookView(m)}, nil
}
