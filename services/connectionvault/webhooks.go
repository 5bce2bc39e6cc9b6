package connectionvault

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
)

// webhooks serves WebhookService. All of it is for applications.
type webhooks struct {
	connectionvaultv1.UnimplementedWebhookServiceServer
	s *Service
}

// Whether deliveries are made, as Apideck's wire spells it, and why not.
const (
	webhookOn          = "enabled"
	webhookOff         = "disabled"
	disabledNone       = "none"
	disabledRetryLimit = "retry_limit"
)

// maxWebhooks is how many an application has at most: each change of a connection queues what
// is told to all of them.
const maxWebhooks = 50

func (h webhooks) CreateWebhook(ctx context.Context, r *connectionvaultv1.CreateWebhookRequest) (*connectionvaultv1.CreateWebhookResponse, error) {
	err := cmp.Or(h.s.checkURL(r.GetDeliveryUrl()), checkEvents(r.GetEvents()), h.s.checkWebhookAPI(r.GetUnifiedApi()))
	if err != nil {
		return nil, err
	}
	now := time.Now().UnixMilli()
	m := &storev1.VaultWebhook{
		Id: id.New("webhook"), Description: r.Description, Api: r.GetUnifiedApi(), Enabled: r.GetStatus() == webhookOn,
		DisabledReason: disabledNone, Url: r.GetDeliveryUrl(), Events: r.GetEvents(), CreatedAtMs: now, UpdatedAtMs: now,
	}
	done := audit.Event(ctx, "webhook.create", m.GetId())
	err = h.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		c, err := h.s.applicationCaller(ctx, tx, r)
		if err != nil {
			return err
		}
		m.Application, m.Tenant = c.application.GetId(), string(c.tenant)
		n, err := h.s.tables.webhooks.CountBelow(tx, scope(c.tenant), m.GetApplication())
		if err != nil {
			return err
		}
		if n >= maxWebhooks {
			return fault.FailedPrecondition(reasonWebhooksMany, "an application has %d webhooks at most; delete one", maxWebhooks)
		}
		if err := h.s.tables.webhooks.Insert(tx, scope(c.tenant), m); err != nil {
			return err
		}
		return h.s.tables.audit.Write(tx, scope(c.tenant), done.With("application", m.GetApplication()))
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.CreateWebhookResponse{Webhook: webhookView(m)}, nil
}

// checkURL refuses addresses that nothing is ever sent to.
func (s *Service) checkURL(url string) error {
	err := s.outside.public.Check(url)
	var refused *egress.Error
	if errors.As(err, &refused) {
		return fault.InvalidArgument(reasonEgress, "delivery_url: %s", refused.Message).With("field", "delivery_url")
	}
	return err
}

// checkEvents refuses what never happens.
func checkEvents(events []string) error {
	for _, event := range events {
		if !slices.Contains(eventTypes, event) {
			return fault.InvalidArgument(reasonEvent, "events: there is no event %q; use %s", event, strings.Join(eventTypes, ", ")).With("field", "events")
		}
	}
	return nil
}

// checkWebhookAPI refuses unified APIs that no connection is of.
func (s *Service) checkWebhookAPI(api string) error {
	if api == anyAPI {
		return nil
	}
	for known := range s.deps.Catalog.UnifiedAPIs() {
		if known.ID == api {
			return nil
		}
	}
	return fault.InvalidArgument(reasonWebhookAPI, "unified_api: there is no unified API %q; use %q for all", api, anyAPI).With("field", "unified_api")
}

func (h webhooks) GetWebhook(ctx context.Context, r *connectionvaultv1.GetWebhookRequest) (*connectionvaultv1.GetWebhookResponse, error) {
	var m *storev1.VaultWebhook
	err := h.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		_, m, err = h.s.webhook(ctx, tx, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.GetWebhookResponse{Webhook: webhookView(m)}, nil
}

// asksWebhook are requests that name a webhook.
type asksWebhook interface {
	asked
	GetId() string
}

// webhook finds the one that a request names, for the application.
func (s *Service) webhook(ctx context.Context, tx kv.Reader, r asksWebhook) (*caller, *storev1.VaultWebhook, error) {
	c, err := s.applicationCaller(ctx, tx, r)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.tables.webhooks.Get(tx, scope(c.tenant), c.application.GetId(), r.GetId())
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil, fault.NotFound(reasonWebhookUnknown, "there is no webhook %q", r.GetId())
	}
	return c, m, err
}

func (h webhooks) ListWebhooks(ctx context.Context, r *connectionvaultv1.ListWebhooksRequest) (*connectionvaultv1.ListWebhooksResponse, error) {
	answer := &connectionvaultv1.ListWebhooksResponse{}
	err := h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		c, err := h.s.applicationCaller(ctx, tx, r)
		if err != nil {
			return err
		}
		list := page.Scope{
			Method: connectionvaultv1.WebhookService_ListWebhooks_FullMethodName, Tenant: string(c.tenant), Filter: []string{c.application.GetId()},
		}
		position, way, err := h.s.cursor(list, r)
		if err != nil {
			return err
		}
		rows, of := h.s.tables.webhooks, scope(c.tenant)
		l, err := readPage(rows, r, position, way, false, func(p table.Page) iter.Seq2[*storev1.VaultWebhook, error] {
			return rows.Below(tx, of, p, c.application.GetId())
		}, nil)
		if err != nil {
			return err
		}
		if answer.Total, err = rows.CountBelow(tx, of, c.application.GetId()); err != nil {
			return err
		}
		answer.Webhooks = nil
		for _, m := range l.rows {
			answer.Webhooks = append(answer.Webhooks, webhookView(m))
		}
		cs, err := h.s.cursors(list, r, l.previous, l.next)
		answer.PreviousCursor, answer.CurrentCursor, answer.NextCursor = cs.previous, cs.current, cs.next
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// webhookView is a webhook as callers see it.
func webhookView(m *storev1.VaultWebhook) *connectionvaultv1.Webhook {
	status := webhookOff
	if m.GetEnabled() {
		status = webhookOn
	}
	return &connectionvaultv1.Webhook{
		Id: m.GetId(), Description: m.Description, UnifiedApi: m.GetApi(), Status: status, DisabledReason: m.GetDisabledReason(),
		DeliveryUrl: m.GetUrl(), Events: m.GetEvents(), CreatedAt: iso(m.GetCreatedAtMs()), UpdatedAt: iso(m.GetUpdatedAtMs()),
	}
}
