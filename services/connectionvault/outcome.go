package connectionvault

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
)

// carryOut sends a refresh and keeps its outcome before anybody is told. With again, another
// process has brought the token further meanwhile, and it is to be looked at anew.
func (s *Service) carryOut(ctx context.Context, t *errand) (token *storev1.VaultToken, again bool, err error) {
	// However little time the caller has: a refresh token that was sent is spent, and what came
	// of it would be lost.
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	got, err := s.ask(within, t.party, t.inquiry)
	if err == nil {
		token, err = s.keepIssued(ctx, t, got)
		return token, token == nil && err == nil, err
	}
	var r *refusal
	if !errors.As(err, &r) {
		return nil, false, err
	}
	ours, err := s.keepRefusal(ctx, t, r)
	if err != nil || !ours {
		return nil, err == nil, err
	}
	if p := t.party; r.kind != refused && !p.token.GetStale() && p.alive(time.Now()) {
		return p.token, false, nil
	}
	return nil, false, r.fault(cooldown)
}

// keepIssued keeps new tokens, unless the refresh token they came by is not the connection's
// any more. A lease that has run out does not matter: nobody else can have them.
func (s *Service) keepIssued(ctx context.Context, t *errand, got *issued) (*storev1.VaultToken, error) {
	now, at, sent := time.Now(), t.party.at, t.inquiry.parameters.Get("refresh_token")
	entry := at.event(ctx, "connection.token.refresh")
	news, err := newNews(now.UnixMilli())
	if err != nil {
		return nil, err
	}
	var kept *storev1.VaultToken
	err = s.persist(ctx, func(tx kv.Writer) error {
		kept = nil
		p, err := s.party(tx, at, now.UnixMilli())
		if err != nil {
			return err
		}
		switch {
		case p.tokenRow == nil:
			return nil // deleted meanwhile
		case p.tokenRow.GetRefreshToken() == got.refresh && p.tokenRow.GetAccessToken() == got.access:
			kept = p.tokenRow // by a run whose outcome the store did not tell
			return nil
		case len(p.tokenRow.GetConfirmDigest()) > 0, p.tokenRow.GetLeaseHolder() != t.lease && (sent == "" || p.tokenRow.GetRefreshToken() != sent):
			return nil // authorized anew meanwhile, or refreshed
		}
		kept = got.token(p.tokenRow)
		kept.Pending = p.unconfirmed()
		if err := s.tables.putToken(tx, at, p.tokenRow, kept); err != nil {
			return err
		}
		if err := s.keepCopies(tx, p, got.copies, now); err != nil {
			return err
		}
		after := *p.facts
		after.token = kept
		if err := s.tables.emit(tx, at.tenant, news, &after, recovery(p.tokenRow)...); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, at.scope(), entry)
	})
	if err == nil && kept != nil {
		s.refreshes.refreshed.Add(1)
		s.tables.deliveries.Ring()
	}
	return kept, err
}

// token is what was issued as it is kept, in the place of an older one; nil for none.
func (i *issued) token(old *storev1.VaultToken) *storev1.VaultToken {
	t := &storev1.VaultToken{
		AccessToken: i.access, TokenType: i.kind, RefreshToken: i.refresh, Scope: i.scope,
	}
	if t.Scope == "" {
		t.Scope = old.GetScope() // RFC 6749, section 5.1: as before, when it is not said
	}
	if !i.expires.IsZero() {
		t.ExpiresAtMs = i.expires.UnixMilli()
	}
	return t
}

// keepCopies puts what a provider told into the settings.
func (s *Service) keepCopies(tx kv.Writer, p *party, copies map[string]string, now time.Time) error {
	settings := withTexts(p.settings, copies).String()
	if settings == p.settings.String() {
		return nil
	}
	changed := proto.CloneOf(p.connection)
	changed.Settings, changed.UpdatedAtMs = settings, now.UnixMilli()
	return s.tables.connections.Replace(tx, p.at.scope(), p.connection, changed)
}

// keepRefusal keeps that a refresh failed. It is not ours to tell where another process has
// the lease, or has put other tokens there: it may have won what was refused to us.
func (s *Service) keepRefusal(ctx context.Context, t *errand, r *refusal) (ours bool, err error) {
	now, at := time.Now(), t.party.at
	lost := t.again && r.ofToken()
	entry := at.event(ctx, "connection.token.refuse")
	news, err := newNews(now.UnixMilli())
	if err != nil {
		return false, err
	}
	err = s.persist(ctx, func(tx kv.Writer) error {
		p, err := s.party(tx, at, now.UnixMilli())
		if ours = err == nil && p.token.GetLeaseHolder() == t.lease; !ours {
			return err
		}
		after := *p.facts
		after.token = r.mark(p.token, lost, t.again, now)
		if pending := p.unconfirmed(); lost && pending != nil {
			after.token = proto.CloneOf(pending)
		}
		if err := s.tables.putToken(tx, at, p.tokenRow, after.token); err != nil {
			return err
		}
		if err := s.tables.emit(tx, at.tenant, news, &after, r.events(p.token, lost)...); err != nil || r.kind != refused {
			return err
		}
		return s.tables.audit.Write(tx, at.scope(), entry)
	})
	if err != nil || !ours {
		return false, err
	}
	s.tables.deliveries.Ring()
	s.count(ctx, at, r, lost)
	return true, nil
}

// attempts are those that persist makes, in some 30 seconds. They are counted, not timed: a
// process that was stopped for longer still has what nobody else has.
const attempts = 12

// persist is an Update that goes on trying while its store is busy or away: what it keeps is
// nowhere else. It takes no notice of its context's end.
func (s *Service) persist(ctx context.Context, fn func(kv.Writer) error) (err error) {
	ctx = context.WithoutCancel(ctx)
	wait := leasePause
	for range attempts {
		if err = s.attempt(ctx, fn); !passes(err) {
			return err
		}
		if pause(ctx, wait) != nil {
			return err
		}
		wait = min(2*wait, 5*time.Second)
	}
	return err
}

func (s *Service) attempt(ctx context.Context, fn func(kv.Writer) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.deps.Store.Update(ctx, fn)
}

// passes tells whether a store's error may be none when it is asked again.
func passes(err error) bool {
	for _, passing := range []error{kv.ErrBusy, kv.ErrUnavailable, kv.ErrUnknown, context.DeadlineExceeded} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}
