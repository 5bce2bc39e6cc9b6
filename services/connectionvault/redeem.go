package connectionvault

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
)

// redeem trades a code for tokens, keeps them, and says where the browser goes. It goes on
// when the browser is gone: codes work once.
func (s *Service) redeem(ctx context.Context, p *party, a *storev1.VaultAuthorization, q *inquiry, copies map[string]string) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget(ctx))
	defer cancel()
	got, err := s.ask(ctx, p, q)
	var r *refusal
	if errors.As(err, &r) {
		return "", r.fault(0)
	}
	if err != nil {
		return "", err
	}
	maps.Copy(copies, got.copies)
	got.copies = copies
	confirm, err := s.keepAuthorized(ctx, p.at, a, got)
	s.tables.deliveries.Ring()
	if err != nil || confirm == "" {
		return a.GetRedirectUri(), err
	}
	fragment := url.Values{"nonce": {a.GetNonce()}, "confirm_token": {confirm}, "service_id": {a.GetService()}}
	return a.GetRedirectUri() + "#" + fragment.Encode(), nil
}

// keepAuthorized keeps what a browser's authorization brought. Where it has to be confirmed,
// the result is what confirms it: only who has begun it gets that to see.
func (s *Service) keepAuthorized(ctx context.Context, at place, a *storev1.VaultAuthorization, got *issued) (string, error) {
	now, confirm := time.Now(), secret()
	entry := at.event(ctx, "connection.authorize")
	news, err := newNews(now.UnixMilli())
	if err != nil {
		return "", err
	}
	pending := false
	err = s.persist(ctx, func(tx kv.Writer) error {
		p, err := s.party(tx, at, now.UnixMilli())
		if err != nil {
			return err
		}
		if err := p.still(a); err != nil {
			return err
		}
		// Without a cookie nobody knows whose browser it was, and so whose account.
		pending = p.application.GetConfirmConnections() || a.GetSession() != "" || len(a.GetCookieDigest()) == 0
		if pending {
			err = s.tables.putPending(tx, p, got, news, digestOf(confirm))
		} else {
			err = s.tables.putInForce(tx, p, got.token(nil), got.copies, news)
		}
		if err != nil {
			return err
		}
		return s.tables.audit.Write(tx, at.scope(), entry)
	})
	if err != nil || !pending {
		return "", err
	}
	return confirm, nil
}
