package useradmin_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/useradmin"
)

// works checks whether a token opens anything, and whose it is.
func (w *world) works(token, of, user string, want bool) {
	w.t.Helper()
	digest := auth.DigestOf(token)
	p, err := w.access.VerifyCredential(w.t.Context(), &identityv1.VerifyCredentialRequest{Digest: digest[:]})
	if got := err == nil && p.GetTenant() == of && p.GetSubject() == user; got != want {
		w.t.Errorf("the token is %s's of %s: %v (%v, %v), want %v", user, of, got, p, err, want)
	}
}

func TestPasswordGrant(t *testing.T) {
	w, d := loginWorld(t)
	for _, name := range []string{"ann@example.com", "ANN@Example.com", " annie", "ANNIE"} {
		t.Run(name, func(t *testing.T) {
			got, err := d.login(t.Context(), name, goodPassword, "")
			if err != nil {
				t.Fatal(err)
			}
			w.works(got.GetAccessToken(), acme, "ann", true)
			claims := claimsOf(t, got.GetAccessToken())
			want := map[string]any{
				"iss": "https://plane.example.com/auth/realms/contabo", "aud": "contabo", "sub": "ann", "typ": "session", "azp": acmeClient,
				"preferred_username": name, "email": "ann@example.com", "email_verified": true, "tenantId": "DE", "customerId": acme,
				"session_state": got.GetSessionState(), "scope": "email profile",
				"exp": claims["iat"].(float64) + 300, "iat": claims["iat"], "jti": claims["jti"],
			}
			if diff := cmp.Diff(want, claims); diff != "" {
				t.Error(diff)
			}
			if refresh := claimsOf(t, got.GetRefreshToken()); refresh["exp"] != claims["iat"].(float64)+1800 {
				t.Errorf("the refresh token ends at %v", refresh["exp"])
			}
			if diff := cmp.Diff(&useradminv1.CreateTokenResponse{
				AccessToken: got.GetAccessToken(), ExpiresIn: 300, RefreshToken: got.GetRefreshToken(), RefreshExpiresIn: 1800,
				TokenType: "Bearer", SessionState: got.GetSessionState(), Scope: "email profile",
			}, got, protocmp.Transform()); diff != "" || len(got.GetSessionState()) != 36 {
				t.Error(diff, got.GetSessionState())
			}
		})
	}
	wantHashes(t, 4, d)
}

// Whoever trusts the certificates must not take somebody for the owner of an address that they
// just say is theirs.
func TestTokensTellWhatIsVerified(t *testing.T) {
	w, d := loginWorld(t)
	_, err := w.users.UpdateUser(w.contabo(acme, "ann"), &useradminv1.UpdateUserRequest{UserId: "ann", Email: proto.String("ceo@example.org")})
	expect(t, err, codes.OK)
	got, err := d.login(t.Context(), "annie", goodPassword, "")
	expect(t, err, codes.OK)
	if claims := claimsOf(t, got.GetAccessToken()); claims["email"] != "ceo@example.org" || claims["email_verified"] != false {
		t.Errorf("the token says %v", claims)
	}
}

func TestTokenRequestsThatAreWrong(t *testing.T) {
	_, d := loginWorld(t)
	long := strings.Repeat("x", 20_000)
	for _, c := range []struct {
		name      string
		change    func(*useradminv1.CreateTokenRequest)
		code      codes.Code
		reason    string
		parameter string
	}{
		{"no grant", func(r *useradminv1.CreateTokenRequest) { r.GrantType = "" }, codes.InvalidArgument, "PARAMETER_MISSING", "grant_type"},
		{"another grant", func(r *useradminv1.CreateTokenRequest) { r.GrantType = "client_credentials" }, codes.InvalidArgument, "GRANT_UNSUPPORTED", ""},
		{"no user", func(r *useradminv1.CreateTokenRequest) { r.Username = "" }, codes.InvalidArgument, "PARAMETER_MISSING", "username"},
		{"no password", func(r *useradminv1.CreateTokenRequest) { r.Password = "" }, codes.InvalidArgument, "PARAMETER_MISSING", "password"},
		{"no refresh token", func(r *useradminv1.CreateTokenRequest) { r.GrantType = "refresh_token" }, codes.InvalidArgument, "PARAMETER_MISSING", "refresh_token"},
		{"no client", func(r *useradminv1.CreateTokenRequest) { r.ClientId = "" }, codes.Unauthenticated, "CLIENT_UNKNOWN", ""},
		{"an unknown client", func(r *useradminv1.CreateTokenRequest) { r.ClientId = "DE-3" }, codes.Unauthenticated, "CLIENT_UNKNOWN", ""},
		{"no secret", func(r *useradminv1.CreateTokenRequest) { r.ClientSecret = "" }, codes.Unauthenticated, "CLIENT_UNKNOWN", ""},
		{"a wrong secret", func(r *useradminv1.CreateTokenRequest) { r.ClientSecret += "x" }, codes.Unauthenticated, "CLIENT_UNKNOWN", ""},
		{"a wrong secret and no user", func(r *useradminv1.CreateTokenRequest) { r.ClientSecret, r.Username = "x", "" }, codes.Unauthenticated, "CLIENT_UNKNOWN", ""},
		{"another tenant's client", func(r *useradminv1.CreateTokenRequest) { r.ClientId = rivalClient }, codes.Unauthenticated, "INVALID_GRANT", ""},
		{"a long name", func(r *useradminv1.CreateTokenRequest) { r.Username = long }, codes.Unauthenticated, "INVALID_GRANT", ""},
		{"a long password", func(r *useradminv1.CreateTokenRequest) { r.Password = long }, codes.Unauthenticated, "INVALID_GRANT", ""},
		{"a long code", func(r *useradminv1.CreateTokenRequest) { r.Totp = long }, codes.Unauthenticated, "INVALID_GRANT", ""},
		{"a refresh token of nobody's", func(r *useradminv1.CreateTokenRequest) { r.GrantType, r.RefreshToken = "refresh_token", "x" }, codes.Unauthenticated, "REFRESH_INVALID", ""},
		{"a long refresh token", func(r *useradminv1.CreateTokenRequest) { r.GrantType, r.RefreshToken = "refresh_token", long }, codes.Unauthenticated, "REFRESH_INVALID", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &useradminv1.CreateTokenRequest{
				GrantType: "password", ClientId: acmeClient, ClientSecret: clientSecret, Username: "annie", Password: goodPassword,
			}
			c.change(r)
			_, err := d.tokens.CreateToken(t.Context(), r)
			expect(t, err, c.code)
			wantReason(t, err, c.reason)
			if got := fault.From(err).Metadata["parameter"]; got != c.parameter {
				t.Errorf("parameter %q, want %q", got, c.parameter)
			}
		})
	}
}

func TestCertificatesVerifyTokens(t *testing.T) {
	_, d := loginWorld(t)
	got, err := d.login(t.Context(), "annie", goodPassword, "")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := d.tokens.ListCertificates(t.Context(), &useradminv1.ListCertificatesRequest{})
	if err != nil || len(keys.GetKeys()) != 1 {
		t.Fatal(keys, err)
	}
	key := keys.GetKeys()[0]
	x, err := base64.RawURLEncoding.DecodeString(key.GetX())
	if err != nil || len(x) != ed25519.PublicKeySize {
		t.Fatal(key, err)
	}
	want := &useradminv1.JsonWebKey{Kid: key.GetKid(), Kty: "OKP", Alg: "EdDSA", Use: "sig", Crv: "Ed25519", X: key.GetX()}
	if diff := cmp.Diff(want, key, protocmp.Transform()); diff != "" || key.GetKid() == "" {
		t.Error(diff)
	}
	for _, token := range []string{got.GetAccessToken(), got.GetRefreshToken()} {
		signed, signature, _ := strings.Cut(token, ".")
		payload, signature, _ := strings.Cut(signature, ".")
		s, err := base64.RawURLEncoding.DecodeString(signature)
		if err != nil || !ed25519.Verify(x, []byte(signed+"."+payload), s) {
			t.Errorf("the key does not verify %s (%v)", token, err)
		}
	}
}

func TestDiscovery(t *testing.T) {
	w, d := loginWorld(t)
	for url, issuer := range map[string]string{"https://plane.example.com": "https://plane.example.com/auth/realms/contabo", "": "holdplane"} {
		d = w.door(func(deps *useradmin.Deps) { deps.PublicURL = url })
		got, err := d.tokens.GetDiscovery(t.Context(), &useradminv1.GetDiscoveryRequest{})
		if err != nil {
			t.Fatal(err)
		}
		want := &useradminv1.GetDiscoveryResponse{
			Issuer: issuer, GrantTypesSupported: []string{"password", "refresh_token"},
			TokenEndpointAuthMethodsSupported: []string{"client_secret_basic", "client_secret_post"},
			IdTokenSigningAlgValuesSupported:  []string{"EdDSA"}, SubjectTypesSupported: []string{"public"}, ResponseTypesSupported: []string{"none"},
		}
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
		token, err := d.login(t.Context(), "annie", goodPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := claimsOf(t, token.GetAccessToken())["iss"]; got != issuer {
			t.Errorf("tokens are issued by %v, want %v", got, issuer)
		}
	}
}
