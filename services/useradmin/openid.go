package useradmin

import (
	"context"
	"encoding/base64"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// realmPath is where Contabo's clients find the token endpoint.
const realmPath = "/auth/realms/contabo"

// issuer is the iss claim of tokens.
func (s *Service) issuer() string {
	if s.deps.PublicURL == "" {
		return "holdplane"
	}
	return s.deps.PublicURL + realmPath
}

func (t tokens) ListCertificates(ctx context.Context, _ *useradminv1.ListCertificatesRequest) (*useradminv1.ListCertificatesResponse, error) {
	known, err := t.s.deps.Access.ListSigningKeys(ctx, &identityv1.ListSigningKeysRequest{})
	if err != nil {
		return nil, err
	}
	var keys []*useradminv1.JsonWebKey
	for _, k := range known.GetSigningKeys() {
		keys = append(keys, &useradminv1.JsonWebKey{
			Kid: k.GetId(), Kty: "OKP", Alg: "EdDSA", Use: "sig", Crv: "Ed25519",
			X: base64.RawURLEncoding.EncodeToString(k.GetPublicBytes()),
		})
	}
	return &useradminv1.ListCertificatesResponse{Keys: keys}, nil
}

func (t tokens) GetDiscovery(context.Context, *useradminv1.GetDiscoveryRequest) (*useradminv1.GetDiscoveryResponse, error) {
	return &useradminv1.GetDiscoveryResponse{
		Issuer:                            t.s.issuer(),
		GrantTypesSupported:               []string{grantPassword, grantRefresh},
		TokenEndpointAuthMethodsSupported: []string{"client_secret_basic", "client_secret_post"},
		IdTokenSigningAlgValuesSupported:  []string{"EdDSA"},
		SubjectTypesSupported:             []string{"public"},
		ResponseTypesSupported:            []string{"none"},
	}, nil
}
