package connectionvault

import (
	"context"
	"errors"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// asksConnection are requests that name a connection.
type asksConnection interface {
	asked
	GetConsumerId() string
	GetUnifiedApi() string
	GetServiceId() string
}

// callerOf is caller for requests about a consumer's connection.
func (s *Service) callerOf(ctx context.Context, tx kv.Reader, r asksConnection) (*caller, error) {
	c, err := s.caller(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	if err := c.requireConsumer(); err != nil {
		return nil, err
	}
	if !c.sees(r.GetUnifiedApi()) {
		return nil, unknownConnector(r.GetUnifiedApi(), r.GetServiceId())
	}
	return c, nil
}

func unknownConnector(api, service string) error {
	return fault.NotFound(reasonConnectorUnknown, "there is no service %q in the unified API %q", service, api)
}

// facts reads what is known of a connection, added or not. One that was added stays when its
// integration goes.
func (s *Service) facts(tx kv.Reader, c *caller, api, service string, now int64) (*facts, error) {
	f := &facts{face: s.faces[service], api: api, application: c.application, now: now}
	if f.face == nil || !f.face.has(api) {
		return nil, unknownConnector(api, service)
	}
	of, id := scope(c.tenant), []any{c.application.GetId(), c.consumer, api, service}
	var err error
	if f.integration, err = orNone(s.tables.integrations.Get(tx, of, c.application.GetId(), service)); err != nil {
		return nil, err
	}
	if f.connection, err = orNone(s.tables.connections.Get(tx, of, id...)); err != nil {
		return nil, err
	}
	if f.connection == nil {
		if f.integration == nil {
			return nil, fault.NotFound(reasonIntegrationAbsent, "the application does not integrate %s", service)
		}
		return f, nil
	}
	if f.tokenRow, err = s.tables.tokens.Get(tx, of, id...); err == nil {
		f.token = f.tokenRow
	} else if !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	for m, err := range s.tables.consents.Below(tx, of, table.Page{}, id...) {
		if err != nil {
			return nil, err
		}
		f.consents = append(f.consents, m)
	}
	f.settings, err = parseObject(f.connection.GetSettings())
	return f, reads("the settings of a connection", err)
}

// orNone is what a Get found; nil where that is nothing.
func orNone[M any](m *M, err error) (*M, error) {
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return m, err
}
