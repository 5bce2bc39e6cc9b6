package connectionvault

import (
	"context"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// change is a change of a connection in the making. A connection that was never added is
// added by it, and so is its consumer.
type change struct {
	r     asksConnection
	event string // for the audit log
	now   int64
	// check refuses what the caller may not do; nil for nothing.
	check func(c *caller, f *facts) error
	// apply changes m, which is the connection as it was or a new one, and settings and token
	// of f.
	apply func(f *facts, m *storev1.VaultConnection) error
}

// change makes a change in a transaction, and tells webhooks of it. It returns what is known
// afterwards, for the answer.
func (s *Service) change(ctx context.Context, ch change) (c *caller, f *facts, err error) {
	news, err := newNews(ch.now)
	if err != nil {
		return nil, nil, err
	}
	done := audit.Event(ctx, ch.event, connectionName(ch.r))
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if c, err = s.callerOf(ctx, tx, ch.r); err != nil {
			return err
		}
		before, err := s.facts(tx, c, ch.r.GetUnifiedApi(), ch.r.GetServiceId(), ch.now)
		if err != nil {
			return err
		}
		if ch.check != nil {
			if err := ch.check(c, before); err != nil {
				return err
			}
		}
		if f, err = s.tables.changed(tx, c, before, ch); err != nil {
			return err
		}
		if err := s.tables.emit(tx, c.tenant, news, f, happened(before, f)...); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, scope(c.tenant), done.With("application", c.application.GetId()).With("consumer", c.consumer))
	})
	if err != nil {
		return nil, nil, err
	}
	s.tables.deliveries.Ring()
	return c, f, nil
}

// changed writes a change.
func (t *tables) changed(tx kv.Writer, c *caller, before *facts, ch change) (*facts, error) {
	after := *before
	m := newConnection(c, ch)
	if before.connection != nil {
		m = proto.CloneOf(before.connection)
	} else if err := t.addConsumer(tx, c.tenant, c.application.GetId(), c.consumer, ch.now); err != nil {
		return nil, err
	}
	if err := ch.apply(&after, m); err != nil {
		return nil, err
	}
	m.Settings, m.UpdatedAtMs = after.settings.String(), ch.now
	after.connection = m
	if before.connection == nil {
		if err := t.connections.Insert(tx, scope(c.tenant), m); err != nil {
			return nil, err
		}
	} else if err := t.connections.Replace(tx, scope(c.tenant), before.connection, m); err != nil {
		return nil, err
	}
	if after.consent != nil {
		if err := t.consents.Insert(tx, scope(c.tenant), after.consent); err != nil {
			return nil, err
		}
	}
	return &after, t.changeToken(tx, c.tenant, before, &after)
}

// newConnection is what a consumer adds. It is switched on, for that is why they do.
func newConnection(c *caller, ch change) *storev1.VaultConnection {
	return &storev1.VaultConnection{
		Tenant: string(c.tenant), Application: c.application.GetId(), Consumer: c.consumer,
		Api: ch.r.GetUnifiedApi(), Service: ch.r.GetServiceId(), Enabled: true, CreatedAtMs: ch.now,
	}
}

// changeToken writes what a change made of a token. Its version is above the old one's, so
// that a refresh under way does not bring the old one back.
func (t *tables) changeToken(tx kv.Writer, of tenant.ID, before, after *facts) error {
	switch {
	case after.token == before.token:
		return nil
	case after.token == nil:
		after.tokenRow = before.tokenRow
		return t.deleteToken(tx, of, after)
	}
	m := after.token
	m.Application, m.Consumer, m.Api, m.Service = after.connection.GetApplication(), after.connection.GetConsumer(), after.api, after.face.ServiceID
	m.Version = before.tokenRow.GetVersion() + 1
	after.tokenRow = m
	if before.tokenRow == nil {
		return t.tokens.Insert(tx, scope(of), m)
	}
	return t.tokens.Replace(tx, scope(of), before.tokenRow, m)
}
