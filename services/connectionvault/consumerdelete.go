package connectionvault

import (
	"context"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// DeleteConsumer ends its sessions, too: what they began would bring the consumer back.
func (h customers) DeleteConsumer(ctx context.Context, r *connectionvaultv1.DeleteConsumerRequest) (*connectionvaultv1.DeleteConsumerResponse, error) {
	now := time.Now().UnixMilli()
	news, err := newNews(now)
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "consumer.delete", r.GetConsumerId())
	err = h.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		c, m, err := h.s.consumer(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := h.s.deleteConnections(tx, c, news, now); err != nil {
			return err
		}
		if err := h.s.tables.deleteBeside(tx, c); err != nil {
			return err
		}
		if err := h.s.tables.customers.Delete(tx, scope(c.tenant), m); err != nil {
			return err
		}
		return h.s.tables.audit.Write(tx, scope(c.tenant), done.With("application", m.GetApplication()))
	})
	if err != nil {
		return nil, err
	}
	h.s.tables.deliveries.Ring()
	return &connectionvaultv1.DeleteConsumerResponse{ConsumerId: r.GetConsumerId()}, nil
}

// deleteConnections removes all connections of the caller's consumer, with what the catalog
// no longer has.
func (s *Service) deleteConnections(tx kv.Writer, c *caller, n news, now int64) error {
	known, err := s.tables.knownBy(tx, c.tenant, c.application.GetId(), c.consumer)
	if err != nil {
		return err
	}
	for p, k := range known {
		f := &facts{face: s.faces[p.service], api: p.api, application: c.application, connection: k.connection, consents: k.consents, now: now}
		if f.tokenRow, err = s.tables.tokenRow(tx, c, p); err != nil {
			return err
		}
		if err := s.tables.deleteConnection(tx, c.tenant, f); err != nil {
			return err
		}
		if f.face == nil {
			continue
		}
		if err := s.tables.emit(tx, c.tenant, n, f, eventDeleted); err != nil {
			return err
		}
	}
	return nil
}

// deleteBeside removes what else there is of the caller's consumer: sessions, browsers on
// their way to providers, and counts.
func (t *tables) deleteBeside(tx kv.Writer, c *caller) error {
	app := c.application.GetId()
	for m, err := range t.sessions.All(tx, scope(c.tenant), table.Page{}) {
		if err != nil {
			return err
		}
		if m.GetApplication() == app && m.GetConsumer() == c.consumer {
			if err := t.sessions.Delete(tx, scope(c.tenant), m); err != nil {
				return err
			}
		}
	}
	for m, err := range t.authorizations.All(tx, scope(c.tenant), table.Page{}) {
		if err != nil {
			return err
		}
		if m.GetApplication() == app && m.GetConsumer() == c.consumer {
			if err := t.authorizations.Delete(tx, scope(c.tenant), m); err != nil {
				return err
			}
		}
	}
	for m, err := range t.calls.Below(tx, scope(c.tenant), table.Page{}, app, c.consumer) {
		if err != nil {
			return err
		}
		if err := t.calls.Delete(tx, scope(c.tenant), m); err != nil {
			return err
		}
	}
	return nil
}
