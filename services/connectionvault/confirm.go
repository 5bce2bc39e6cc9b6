package connectionvault

import (
	"context"
	"crypto/subtle"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// callbackLife is how long a state of CreateCallbackState works.
const callbackLife = time.Hour

// ConfirmConnection takes what only the browser has that authorized: so the connection is that
// of who confirms it, and not of somebody who had them click.
func (h connections) ConfirmConnection(ctx context.Context, r *connectionvaultv1.ConfirmConnectionRequest) (*connectionvaultv1.ConfirmConnectionResponse, error) {
	digest := digestOf(r.GetConfirmToken())
	_, _, err := h.s.change(ctx, change{
		r: r, event: "connection.confirm", now: time.Now().UnixMilli(),
		check: func(c *caller, f *facts) error {
			if pending := f.unconfirmed(); pending == nil || subtle.ConstantTimeCompare(pending.GetConfirmDigest(), digest) != 1 {
				return fault.FailedPrecondition(reasonConfirm, "the confirm_token is not the connection's, was used, or is older than %d minutes; authorize the connection again", int(confirmLife.Minutes()))
			}
			if f.inForce() {
				return c.requireAction(actionReauthorize)
			}
			return nil
		},
		apply: func(f *facts, m *storev1.VaultConnection) error {
			f.confirmed(m)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.ConfirmConnectionResponse{Confirmed: true}, nil
}

// CreateCallbackState is for applications that send the browser to the provider themselves.
// No cookie says whose browser comes back then, so that what it brings is to be confirmed.
func (h connections) CreateCallbackState(ctx context.Context, r *connectionvaultv1.CreateCallbackStateRequest) (*connectionvaultv1.CreateCallbackStateResponse, error) {
	if err := h.s.reachable(); err != nil {
		return nil, err
	}
	c, p, err := h.s.named(ctx, r)
	if err != nil {
		return nil, err
	}
	if p.token != nil {
		if err := c.requireAction(actionReauthorize); err != nil {
			return nil, err
		}
	}
	if o, err := p.oauth(); err != nil {
		return nil, err
	} else if o.Grant != catalog.AuthorizationCode {
		return nil, p.unusable("%s is not authorized by a browser", p.face.Name)
	}
	state, a := secret(), p.authorization()
	if a.RedirectUri, err = redirectOf(c.application, r.GetRedirectUri()); err != nil {
		return nil, err
	}
	a.Session, a.Digest, a.ExpiresAtMs = c.session.GetId(), digestOf(state), time.Now().Add(callbackLife).UnixMilli()
	if err := h.s.keepAuthorization(ctx, a); err != nil {
		return nil, err
	}
	return &connectionvaultv1.CreateCallbackStateResponse{State: state}, nil
}
