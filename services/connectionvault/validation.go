package connectionvault

import (
	"context"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// named reads the connection that a caller names.
func (s *Service) named(ctx context.Context, r asksConnection) (c *caller, p *party, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		if c, err = s.callerOf(ctx, tx, r); err != nil {
			return err
		}
		at := place{c.tenant, c.application.GetId(), c.consumer, r.GetUnifiedApi(), r.GetServiceId()}
		p, err = s.party(tx, at, time.Now().UnixMilli())
		return err
	})
	return c, p, err
}

// ValidateConnection answers with the state that it finds: that a provider refuses is what was
// to be found out. That it can't be reached is not, and is an error.
func (h connections) ValidateConnection(ctx context.Context, r *connectionvaultv1.ValidateConnectionRequest) (*connectionvaultv1.ValidateConnectionResponse, error) {
	_, p, err := h.s.named(ctx, r)
	if err != nil {
		return nil, err
	}
	if p.connection == nil {
		return nil, fault.NotFound(reasonConnectionUnknown, "the consumer has not added %s", p.at.id())
	}
	if p.face.OAuth != nil {
		err = h.s.validateToken(ctx, p)
	} else {
		err = h.s.validateSettings(ctx, r, p)
	}
	if err != nil {
		return nil, err
	}
	if _, p, err = h.s.named(ctx, r); err != nil {
		return nil, err
	}
	return &connectionvaultv1.ValidateConnectionResponse{Id: p.at.id(), State: p.standing().state}, nil
}

// validateToken refreshes, if there is anything to refresh.
func (s *Service) validateToken(ctx context.Context, p *party) error {
	if p.mayAct() != nil || !p.renewable() {
		return nil
	}
	_, err := s.fresh(ctx, p.at, true)
	if err != nil && fault.From(err).Reason == reasonProvider {
		return nil
	}
	return err
}

// validateSettings holds what was entered against what the connector takes: that may have
// changed since.
func (s *Service) validateSettings(ctx context.Context, r asksConnection, p *party) error {
	wrong := p.face.checkSettings(p.settings) != nil
	if wrong == p.connection.GetWrong() {
		return nil
	}
	_, _, err := s.change(ctx, change{
		r: r, event: "connection.validate", now: time.Now().UnixMilli(),
		apply: func(f *facts, m *storev1.VaultConnection) error {
			m.Wrong = f.face.checkSettings(f.settings) != nil
			return nil
		},
	})
	return err
}
