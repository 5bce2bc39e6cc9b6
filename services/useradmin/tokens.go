package useradmin

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// How long Contabo's tokens are valid.
const (
	accessTime  = 5 * time.Minute
	refreshTime = 30 * time.Minute
)

// Grants of the token endpoint.
const (
	grantPassword = "password"
	grantRefresh  = "refresh_token"
)

// Reasons that OAuth has error codes for.
const (
	reasonParameter = "PARAMETER_MISSING"
	reasonGrant     = "GRANT_UNSUPPORTED"
	reasonRefresh   = "REFRESH_INVALID"
)

// tokens serves TokenService.
type tokens struct {
	useradminv1.UnimplementedTokenServiceServer
	s *Service
}

func (t tokens) CreateToken(ctx context.Context, r *useradminv1.CreateTokenRequest) (*useradminv1.CreateTokenResponse, error) {
	switch r.GetGrantType() {
	case "":
		return nil, lacking("grant_type")
	case grantPassword, grantRefresh:
	default:
		return nil, fault.InvalidArgument(reasonGrant, "grant_type must be password or refresh_token")
	}
	account, err := t.s.client(ctx, r.GetClientId(), r.GetClientSecret())
	if err != nil {
		return nil, err
	}
	if r.GetGrantType() == grantRefresh {
		return t.refresh(ctx, account, r)
	}
	return t.logIn(ctx, account, r)
}

func lacking(parameter string) error {
	return fault.InvalidArgument(reasonParameter, "the parameter %s is missing", parameter).With("parameter", parameter)
}

func (t tokens) logIn(ctx context.Context, account *storev1.Account, r *useradminv1.CreateTokenRequest) (*useradminv1.CreateTokenResponse, error) {
	switch {
	case r.GetUsername() == "":
		return nil, lacking("username")
	case r.GetPassword() == "":
		return nil, lacking("password")
	}
	of := tenant.ID(account.GetTenant())
	u, err := t.s.login(ctx, claim{
		find:  func(tx kv.Reader) (*storev1.User, error) { return t.s.tables.userCalled(tx, of, r.GetUsername()) },
		realm: string(of), name: r.GetUsername(), said: []string{"contabo", string(of), r.GetUsername()}, within: of, password: r.GetPassword(), code: r.GetTotp(),
	})
	if err != nil {
		return nil, err
	}
	claims := newClaims(account, u, r.GetUsername())
	text, err := claims.text()
	if err != nil {
		return nil, err
	}
	pair, err := t.s.deps.Access.IssueSession(ctx, &identityv1.IssueSessionRequest{
		Tenant: u.GetTenant(), Subject: u.GetId(), Audience: AudienceContabo,
		Kind:  identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION,
		TtlMs: accessTime.Milliseconds(), RefreshTtlMs: refreshTime.Milliseconds(), Claims: text, Issuer: t.s.issuer(),
	})
	if err != nil {
		return nil, letIn(err)
	}
	err = t.s.deps.Store.View(ctx, func(tx kv.Reader) error { return t.s.tables.standsStill(tx, u) })
	if err != nil {
		return nil, t.s.endSession(ctx, pair.GetAccessToken(), err)
	}
	return tokensOf(pair.GetAccessToken(), pair.GetRefreshToken(), claims), nil
}

func (t tokens) refresh(ctx context.Context, account *storev1.Account, r *useradminv1.CreateTokenRequest) (*useradminv1.CreateTokenResponse, error) {
	if r.GetRefreshToken() == "" {
		return nil, lacking("refresh_token")
	}
	errInvalid := fault.Unauthenticated(reasonRefresh, "the refresh token is not valid; log in again")
	if len(r.GetRefreshToken()) > auth.MaxCredentialLen {
		return nil, errInvalid
	}
	pair, err := t.s.deps.Access.RefreshSession(ctx, &identityv1.RefreshSessionRequest{
		RefreshToken: r.GetRefreshToken(), Audience: AudienceContabo,
	})
	if f := fault.From(err); f != nil && f.Code == codes.Unauthenticated {
		return nil, errInvalid
	}
	if err != nil {
		return nil, err
	}
	if pair.GetTenant() != account.GetTenant() {
		// The token is in hands that it was not given to.
		return nil, t.s.endSession(ctx, pair.GetAccessToken(), errInvalid)
	}
	claims, err := parseClaims(pair.GetClaims())
	if err != nil {
		return nil, err
	}
	return tokensOf(pair.GetAccessToken(), pair.GetRefreshToken(), claims), nil
}

func tokensOf(access, refresh string, c claims) *useradminv1.CreateTokenResponse {
	return &useradminv1.CreateTokenResponse{
		AccessToken: access, ExpiresIn: int32(accessTime.Seconds()), TokenType: "Bearer",
		RefreshToken: refresh, RefreshExpiresIn: int32(refreshTime.Seconds()),
		SessionState: c.SessionState, Scope: c.Scope,
	}
}

// endSession ends the session of a token that nobody has got, and all of its family. It
// returns why, or what went wrong.
func (s *Service) endSession(ctx context.Context, token string, why error) error {
	digest := auth.DigestOf(token)
	_, err := s.deps.Access.RevokeSession(ctx, &identityv1.RevokeSessionRequest{Digest: digest[:]})
	if err != nil {
		return err
	}
	return why
}
