package connectionvault

import (
	"context"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// tokens serves TokenService.
type tokens struct {
	connectionvaultv1.UnimplementedTokenServiceServer
	s *Service
}

// GetAccessToken refreshes where that is due, and hands out what is in the store then: what
// leaves is on record, in the transaction that read it.
func (t tokens) GetAccessToken(ctx context.Context, r *connectionvaultv1.GetAccessTokenRequest) (*connectionvaultv1.GetAccessTokenResponse, error) {
	p, err := auth.Require(ctx, permTokens)
	if err != nil {
		return nil, err
	}
	at := place{p.Tenant, r.GetApplicationId(), r.GetConsumerId(), r.GetUnifiedApi(), r.GetServiceId()}
	answer, err := t.s.handOut(ctx, at, nil)
	if answer != nil || err != nil {
		return answer, err
	}
	fresh, err := t.s.fresh(ctx, at, false)
	if err != nil {
		return nil, err
	}
	answer, err = t.s.handOut(ctx, at, fresh)
	if answer == nil && err == nil {
		return nil, fault.FailedPrecondition(reasonState, "the connection was changed meanwhile; try again")
	}
	return answer, err
}

// handOut answers with a token that is not due, or is the one that was just brought. There is
// no answer where it has to be refreshed first.
func (s *Service) handOut(ctx context.Context, at place, fresh *storev1.VaultToken) (*connectionvaultv1.GetAccessTokenResponse, error) {
	now := time.Now()
	entry := at.event(ctx, "connection.token.read")
	var answer *connectionvaultv1.GetAccessTokenResponse
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		answer = nil
		p, err := s.party(tx, at, now.UnixMilli())
		if err != nil {
			return err
		}
		if err := p.usable(); err != nil {
			return err
		}
		// Another process may have brought a newer one meanwhile, which is due again where
		// tokens live shortly.
		brought := fresh != nil && p.token.GetAccessToken() != "" &&
			(p.token.GetAccessToken() == fresh.GetAccessToken() || !p.token.GetStale() && !ends(p.token, now))
		if p.face.OAuth != nil && p.due(now) && !brought {
			return nil
		}
		answer = &connectionvaultv1.GetAccessTokenResponse{
			AccessToken: p.token.GetAccessToken(), TokenType: p.token.GetTokenType(),
			ExpiresAtMs: p.token.GetExpiresAtMs(), Settings: p.connection.GetSettings(),
		}
		return s.tables.audit.Write(tx, at.scope(), entry)
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}
