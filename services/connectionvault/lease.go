package connectionvault

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
)

// errand is what a look at a token has come to: a refresh to carry out, another's to wait for,
// or neither, as the token is good.
type errand struct {
	party *party
	// inquiry is what to send. Its lease is durable then, and the refresh token in use.
	inquiry *inquiry
	lease   string
	// again says that the refresh token was sent before, and nobody knows what came of it.
	again bool
	wait  bool
}

// takeLease looks at a connection's token and, where it is due, takes the lease to refresh it.
// Before the refresh token is sent it is in use, durably: after a crash that is all that
// tells a lost answer from a token that was never any good.
func (s *Service) takeLease(ctx context.Context, at place, force bool, was *storev1.VaultToken) (*errand, error) {
	now, lease := time.Now(), id.New("lease")
	var t *errand
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		t = &errand{}
		p, err := s.party(tx, at, now.UnixMilli())
		if err != nil {
			return err
		}
		t.party = p
		if err := p.mayAct(); err != nil {
			return err
		}
		wanted := force && (was == nil || was.GetAccessToken() == p.token.GetAccessToken())
		if !wanted && !p.due(now) {
			return nil
		}
		if p.token.GetLeaseHolder() != "" && p.token.GetLeaseUntilMs() > now.UnixMilli() {
			t.wait = true
			return nil
		}
		return s.lease(tx, t, force, lease, now)
	})
	return t, err
}

// lease has an errand refresh, where that can be.
func (s *Service) lease(tx kv.Writer, t *errand, force bool, lease string, now time.Time) error {
	p := t.party
	if !p.renewable() {
		if !ends(p.token, now) {
			return nil
		}
		return p.unusable("the access token has ended, and there is nothing to refresh it by; authorize the connection again")
	}
	if wait := time.UnixMilli(p.token.GetCooldownUntilMs()).Sub(now); wait > 0 {
		if p.alive(now) && !force {
			return nil
		}
		return p.cooling(wait)
	}
	inquiry, err := p.refreshing()
	if err != nil {
		return err
	}
	leased := proto.CloneOf(p.token)
	leased.LeaseHolder, leased.LeaseUntilMs = lease, now.Add(leaseLife).UnixMilli()
	leased.InUse = inquiry.parameters.Has("refresh_token")
	t.inquiry, t.lease, t.again = inquiry, lease, p.token.GetInUse()
	return s.tables.putToken(tx, p.at, p.tokenRow, leased)
}

// mayAct refuses connections that no call may be made for.
func (p *party) mayAct() error {
	if _, err := p.oauth(); err != nil {
		return err
	}
	switch {
	case p.connection == nil:
		return fault.NotFound(reasonConnectionUnknown, "the consumer has not added %s", p.at.id())
	case p.integration.GetDisabled():
		return p.unusable("the application has switched %s off", p.face.Name)
	case !p.connection.GetEnabled():
		return p.unusable("the connection is switched off; enable it")
	case p.connection.GetRevoked():
		return p.unusable("the connection was revoked; authorize it again")
	case p.token == nil:
		return p.unusable("the connection is not authorized")
	case len(p.token.GetConfirmDigest()) > 0:
		return p.unusable("the authorization is not confirmed; confirm the connection")
	}
	return nil
}

// unusable is what callers are told of a connection that has no token for them.
func (p *party) unusable(format string, args ...any) error {
	return fault.FailedPrecondition(reasonState, format, args...).With("health", p.standing().health)
}

// cooling is what callers are told while a provider is left alone.
func (p *party) cooling(wait time.Duration) error {
	f := fault.Unauthenticated(reasonUnreachable, "the provider could not be reached a moment ago; try again later")
	if p.token.GetRefusedAtMs() != 0 {
		f = fault.Unauthenticated(reasonProvider, "the provider refused to refresh the token a moment ago; authorize the connection again")
	}
	return f.With("cooldown_ms", strconv.FormatInt(wait.Milliseconds(), 10))
}

// usable refuses connections that nothing may be handed out of. What only has to be refreshed
// is no reason.
func (p *party) usable() error {
	stands := p.standing()
	switch {
	case p.connection == nil:
		return fault.NotFound(reasonConnectionUnknown, "the consumer has not added %s", p.at.id())
	case stands.state == stateCallable, stands.health == healthRefresh:
	case stands.health == healthOK || stands.health == healthDegraded:
		return p.unusable("the connection is switched off")
	default:
		return p.unusable("the connection can't be used: %s", stands.health)
	}
	if p.face.OAuth == nil {
		return nil
	}
	return p.mayAct()
}
