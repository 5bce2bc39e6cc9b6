package connectionvault

import (
	"cmp"
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// AuthorizeConnection exchanges the settings for a token. What the provider refuses is marked
// as wrong until the settings change.
func (h connections) AuthorizeConnection(ctx context.Context, r *connectionvaultv1.AuthorizeConnectionRequest) (*connectionvaultv1.AuthorizeConnectionResponse, error) {
	c, p, err := h.s.named(ctx, r)
	if err != nil {
		return nil, err
	}
	q, err := p.grantable(c)
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, budget(ctx))
	defer cancel()
	got, err := h.s.ask(within, p, q)
	var why *refusal
	if errors.As(err, &why) {
		return nil, cmp.Or(h.s.keepWrong(ctx, r, p, why), why.fault(0))
	}
	if err != nil {
		return nil, err
	}
	c, f, err := h.s.change(ctx, p.changing(r, "connection.authorize", func(f *facts, m *storev1.VaultConnection) {
		f.settings, f.token = withTexts(f.settings, got.copies), proto.CloneOf(got.token(nil))
		m.Wrong, m.Revoked = false, false
	}))
	if err != nil {
		return nil, err
	}
	m, err := h.s.view(c, f)
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.AuthorizeConnectionResponse{Connection: m}, nil
}

// grantable is the request for a token without a browser, if there can be one.
func (p *party) grantable(c *caller) (*inquiry, error) {
	o, err := p.oauth()
	switch {
	case err != nil:
		return nil, err
	case o.Grant == catalog.AuthorizationCode:
		return nil, p.unusable("%s is authorized in a browser; send it to authorize_url", p.face.Name)
	case p.connection == nil:
		return nil, fault.NotFound(reasonConnectionUnknown, "the consumer has not added %s", p.at.id())
	case p.integration.GetDisabled():
		return nil, p.unusable("the application has switched %s off", p.face.Name)
	case p.token != nil:
		if err := c.requireAction(actionReauthorize); err != nil {
			return nil, err
		}
	}
	for _, i := range p.face.needed {
		if id := p.face.Fields[i].ID; !filled(p.settings.get(id)) {
			return nil, missing(id)
		}
	}
	return p.granting()
}

// keepWrong keeps that the provider refused the settings.
func (s *Service) keepWrong(ctx context.Context, r asksConnection, p *party, why *refusal) error {
	if why.kind != refused || p.connection.GetWrong() {
		return nil
	}
	_, _, err := s.change(context.WithoutCancel(ctx), p.changing(r, "connection.authorize.refuse", func(_ *facts, m *storev1.VaultConnection) {
		m.Wrong = true
	}))
	return err
}

// changing is a change by what the provider said to settings. It is for those alone.
func (p *party) changing(r asksConnection, event string, apply func(*facts, *storev1.VaultConnection)) change {
	asked := p.settings.String()
	return change{
		r: r, event: event, now: time.Now().UnixMilli(),
		apply: func(f *facts, m *storev1.VaultConnection) error {
			if f.settings.String() != asked {
				return fault.FailedPrecondition(reasonState, "the settings were changed meanwhile; try again")
			}
			apply(f, m)
			return nil
		},
	}
}
