package connectionvault

import (
	"context"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// connections serves ConnectionService.
type connections struct {
	connectionvaultv1.UnimplementedConnectionServiceServer
	s *Service
}

func (h connections) ListConnections(ctx context.Context, r *connectionvaultv1.ListConnectionsRequest) (*connectionvaultv1.ListConnectionsResponse, error) {
	var c *caller
	var all []*facts
	err := h.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if c, err = h.s.caller(ctx, tx, r); err != nil {
			return err
		}
		all, err = h.s.allFacts(tx, c, r.GetApi(), time.Now().UnixMilli())
		return err
	})
	if err != nil {
		return nil, err
	}
	rpc.GiveAway(ctx) // but form fields: connections of a connector share them
	answer := &connectionvaultv1.ListConnectionsResponse{Connections: make([]*connectionvaultv1.Connection, 0, len(all))}
	for _, f := range all {
		if r.Configured != nil && r.GetConfigured() != f.configured() {
			continue
		}
		m, err := h.s.view(c, f)
		if err != nil {
			return nil, err
		}
		answer.Connections = append(answer.Connections, m)
	}
	return answer, nil
}

// configured tells whether the consumer has added a connection and given it credentials: no
// source says what Apideck means by it.
func (f *facts) configured() bool {
	state := f.standing().state
	return state != stateAvailable && state != stateAdded
}

func (h connections) GetConnection(ctx context.Context, r *connectionvaultv1.GetConnectionRequest) (*connectionvaultv1.GetConnectionResponse, error) {
	var c *caller
	var f *facts
	err := h.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if c, err = h.s.callerOf(ctx, tx, r); err != nil {
			return err
		}
		f, err = h.s.facts(tx, c, r.GetUnifiedApi(), r.GetServiceId(), time.Now().UnixMilli())
		return err
	})
	if err != nil {
		return nil, err
	}
	m, err := h.s.view(c, f)
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.GetConnectionResponse{Connection: m}, nil
}

func (h connections) DeleteConnection(ctx context.Context, r *connectionvaultv1.DeleteConnectionRequest) (*connectionvaultv1.DeleteConnectionResponse, error) {
	now := time.Now().UnixMilli()
	done := audit.Event(ctx, "connection.delete", connectionName(r))
	news, err := newNews(now)
	if err != nil {
		return nil, err
	}
	err = h.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		c, err := h.s.callerOf(ctx, tx, r)
		if err != nil {
			return err
		}
		f, err := h.s.facts(tx, c, r.GetUnifiedApi(), r.GetServiceId(), now)
		if err != nil {
			return err
		}
		if f.connection == nil {
			return fault.NotFound(reasonConnectionUnknown, "the consumer has not added %s", connectionName(r))
		}
		if err := c.requireAction(actionDelete); err != nil {
			return err
		}
		if err := h.s.tables.deleteConnection(tx, c.tenant, f); err != nil {
			return err
		}
		if err := h.s.tables.emit(tx, c.tenant, news, f, eventDeleted); err != nil {
			return err
		}
		return h.s.tables.audit.Write(tx, scope(c.tenant), done.With("application", c.application.GetId()).With("consumer", c.consumer))
	})
	if err != nil {
		return nil, err
	}
	h.s.tables.deliveries.Ring()
	return &connectionvaultv1.DeleteConnectionResponse{}, nil
}

// connectionName is a connection's id, as callers know it.
func connectionName(r asksConnection) string { return r.GetUnifiedApi() + "+" + r.GetServiceId() }
