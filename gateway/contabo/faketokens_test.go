package contabo_test

import (
	"context"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/timestamppb"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/requestid"
)

// history is a history service in which the request that asks has done everything.
type history struct {
	useradminv1.UnimplementedHistoryServiceServer
}

func (history) ListUserAudits(ctx context.Context, r *useradminv1.ListUserAuditsRequest) (*useradminv1.ListUserAuditsResponse, error) {
	return &useradminv1.ListUserAuditsResponse{Page: pageOf(r), Audits: []*useradminv1.UserAudit{{
		Id: 7_168_000_000_001, UserId: annID, Action: "UPDATED", Timestamp: &timestamppb.Timestamp{Seconds: 1_750_000_000, Nanos: 5_000_000},
		TenantId: tenantID, CustomerId: customer, ChangedBy: annID, Username: "ann@example.com", RequestId: requestid.From(ctx), TraceId: trace(ctx),
		Changes: `{"prev":{"firstName":"A"},"new":{"firstName":"Ann"}}`,
	}}}, nil
}

func (history) ListRoleAudits(ctx context.Context, r *useradminv1.ListRoleAuditsRequest) (*useradminv1.ListRoleAuditsResponse, error) {
	return &useradminv1.ListRoleAuditsResponse{Page: pageOf(r), Audits: []*useradminv1.RoleAudit{{
		Id: 7_168_000_000_002, RoleId: technicianID, Action: "DELETED", Timestamp: &timestamppb.Timestamp{Seconds: 1_750_000_000},
		TenantId: tenantID, CustomerId: customer, ChangedBy: annID, Username: "ann@example.com", RequestId: requestid.From(ctx), TraceId: trace(ctx),
	}}}, nil
}

func trace(ctx context.Context) string {
	if ids := metadata.ValueFromIncomingContext(ctx, "x-trace-id"); len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// tokens is a token service with one client and one user.
type tokens struct {
	useradminv1.UnimplementedTokenServiceServer
}

func (tokens) CreateToken(_ context.Context, r *useradminv1.CreateTokenRequest) (*useradminv1.CreateTokenResponse, error) {
	switch {
	case r.GetGrantType() == "":
		return nil, fault.InvalidArgument("PARAMETER_MISSING", "Missing form parameter: grant_type")
	case r.GetGrantType() != "password" && r.GetGrantType() != "refresh_token":
		return nil, fault.InvalidArgument("GRANT_UNSUPPORTED", "Unsupported grant_type")
	case r.GetClientId() != "DE-54321" || r.GetClientSecret() != "a b+c":
		return nil, fault.Unauthenticated("CLIENT_UNKNOWN", "Invalid client or Invalid client credentials")
	case r.GetGrantType() == "password" && (r.GetUsername() != "ann@example.com" || r.GetPassword() != "pass word"):
		return nil, fault.Unauthenticated("INVALID_GRANT", "Invalid user credentials")
	case r.GetGrantType() == "refresh_token" && r.GetRefreshToken() != "eyJ.r.sig":
		return nil, fault.Unauthenticated("REFRESH_INVALID", "Invalid refresh token")
	}
	return &useradminv1.CreateTokenResponse{
		AccessToken: "eyJ.a.sig", ExpiresIn: 300, RefreshExpiresIn: 1800, RefreshToken: "eyJ.r.sig", TokenType: "Bearer",
		SessionState: "7a2c4d59-52c5-4b9f-8f3e-2d5f5f0c7f11", Scope: "email profile",
	}, nil
}

func (tokens) ListCertificates(context.Context, *useradminv1.ListCertificatesRequest) (*useradminv1.ListCertificatesResponse, error) {
	return &useradminv1.ListCertificatesResponse{Keys: []*useradminv1.JsonWebKey{
		{Kid: "k1", Kty: "OKP", Alg: "EdDSA", Use: "sig", Crv: "Ed25519", X: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
	}}, nil
}

func (tokens) GetDiscovery(context.Context, *useradminv1.GetDiscoveryRequest) (*useradminv1.GetDiscoveryResponse, error) {
	return &useradminv1.GetDiscoveryResponse{
		Issuer: "https://api.example.com/auth/realms/contabo", GrantTypesSupported: []string{"password", "refresh_token"},
		TokenEndpointAuthMethodsSupported: []string{"client_secret_basic", "client_secret_post"},
		IdTokenSigningAlgValuesSupported:  []string{"EdDSA"}, SubjectTypesSupported: []string{"public"},
	}, nil
}
