package connectionvault

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// confirmLife is how long an authorization waits to be confirmed.
const confirmLife = 30 * time.Minute

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
	confirm, err := s.keepAuthorized(ctx, p, a, got)
	if err != nil || confirm == "" {
		return a.GetRedirectUri(), err
	}
	fragment := url.Values{"nonce": {a.GetNonce()}, "confirm_token": {confirm}, "service_id": {a.GetService()}}
	return a.GetRedirectUri() + "#" + fragment.Encode(), nil
}

// keepAuthorized keeps what a browser's authorization brought. Where it has to be confirmed,
// the result is what confirms it: only who has begun it gets that to see.
func (s *Service) keepAuthorized(ctx context.Context, p *party, a *storev1.VaultAuthorization, got *issued) (string, error) {
	now, at, confirm := time.Now(), p.at, secret()
	entry := audit.Event(ctx, "connection.authorize", at.id()).With("application", at.application).With("consumer", at.consumer)
	pending := false
	err := s.persist(ctx, func(tx kv.Writer) error {
		application, err := s.tables.applications.Get(tx, at.scope(), at.application)
		if err != nil {
			return gone(err)
		}
		p, err := s.party(tx, at)
		if err != nil {
			return err
		}
		token := got.token(nil)
		// Without a cookie nobody knows whose browser it was, and whose account.
		if pending = application.GetConfirmConnections() || a.GetSession() != "" || len(a.GetCookieDigest()) == 0; pending {
			token.ConfirmDigest, token.ConfirmUntilMs = digestOf(confirm), now.Add(confirmLife).UnixMilli()
		}
		if err := s.keepConnection(tx, p, got.copies, now); err != nil {
			return err
		}
		if err := s.tables.putToken(tx, at, p.row, token); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, at.scope(), entry)
	})
	if err != nil || !pending {
		return "", err
	}
	return confirm, nil
}

// keepConnection adds the connection, or has it in order again.
func (s *Service) keepConnection(tx kv.Writer, p *party, copies map[string]string, now time.Time) error {
	m := &storev1.VaultConnection{
		Tenant: string(p.at.tenant), Application: p.at.application, Consumer: p.at.consumer, Api: p.at.api, Service: p.at.service,
		CreatedAtMs: now.UnixMilli(),
	}
	if p.connection != nil {
		m = proto.CloneOf(p.connection)
	} else if err := s.keepConsumer(tx, p.at, now); err != nil {
		return err
	}
	var err error
	if m.Settings, err = withTexts(m.GetSettings(), copies); err != nil {
		return err
	}
	m.Enabled, m.Wrong, m.Revoked, m.UpdatedAtMs = true, false, false, now.UnixMilli()
	if p.connection == nil {
		return s.tables.connections.Insert(tx, p.at.scope(), m)
	}
	return s.tables.connections.Replace(tx, p.at.scope(), p.connection, m)
}

// keepConsumer adds the consumer where it is new.
func (s *Service) keepConsumer(tx kv.Writer, at place, now time.Time) error {
	_, err := s.tables.customers.Get(tx, at.scope(), at.application, at.consumer)
	if !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	return s.tables.customers.Insert(tx, at.scope(), &storev1.VaultConsumer{
		Application: at.application, Id: at.consumer, CreatedAtMs: now.UnixMilli(), UpdatedAtMs: now.UnixMilli(),
	})
}

// gone tells a browser that its application has ended.
func gone(err error) error {
	if errors.Is(err, kv.ErrNotFound) {
		return fault.InvalidArgument(reasonOAuthState, "the application does not exist any more")
	}
	return err
}
