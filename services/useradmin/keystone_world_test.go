package useradmin_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
)

func (d door) keystone() useradminv1.KeystoneServiceClient {
	return useradminv1.NewKeystoneServiceClient(d.public)
}

func (d door) credentials() useradminv1.ApplicationCredentialServiceClient {
	return useradminv1.NewApplicationCredentialServiceClient(d.public)
}

// inDefault is the user of a name in the only domain.
func inDefault(name, password string) *useradminv1.KeystoneUser {
	return &useradminv1.KeystoneUser{Name: name, Domain: &useradminv1.KeystoneDomain{Name: "Default"}, Password: password}
}

func byPassword(u *useradminv1.KeystoneUser) *useradminv1.KeystoneIdentity {
	return &useradminv1.KeystoneIdentity{Methods: []string{"password"}, Password: &useradminv1.KeystonePassword{User: u}}
}

// byCode is a password and a code of one user.
func byCode(u *useradminv1.KeystoneUser, code string) *useradminv1.KeystoneIdentity {
	identity := byPassword(u)
	identity.Methods = []string{"password", "totp"}
	identity.Totp = &useradminv1.KeystoneTotp{User: &useradminv1.KeystoneUser{Id: u.GetId(), Name: u.GetName(), Domain: u.GetDomain(), Passcode: code}}
	return identity
}

func byToken(token string) *useradminv1.KeystoneIdentity {
	return &useradminv1.KeystoneIdentity{Methods: []string{"token"}, Token: &useradminv1.KeystoneTokenMethod{Id: token}}
}

func byCredential(c *useradminv1.KeystoneApplicationCredential) *useradminv1.KeystoneIdentity {
	return &useradminv1.KeystoneIdentity{Methods: []string{"application_credential"}, ApplicationCredential: c}
}

// project is the scope of a tenant's project.
func project(id string) string {
	text, _ := json.Marshal(map[string]any{"project": map[string]string{"id": id}})
	return string(text)
}

// token asks for a token of Keystone's.
func (d door) token(ctx context.Context, identity *useradminv1.KeystoneIdentity, scope string) (*useradminv1.CreateKeystoneTokenResponse, error) {
	return d.keystone().CreateKeystoneToken(ctx, &useradminv1.CreateKeystoneTokenRequest{
		Auth: &useradminv1.KeystoneAuth{Identity: identity, Scope: scope},
	})
}

// mustToken is a token that can be had.
func (d door) mustToken(t testing.TB, identity *useradminv1.KeystoneIdentity, scope string) *useradminv1.CreateKeystoneTokenResponse {
	t.Helper()
	got, err := d.token(t.Context(), identity, scope)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// ann is how ann names and proves herself.
func ann() *useradminv1.KeystoneIdentity { return byPassword(inDefault("Annie", goodPassword)) }

// wantPermissions checks what a token opens.
func (w *world) wantPermissions(token string, want ...string) {
	w.t.Helper()
	digest := auth.DigestOf(token)
	p, err := w.access.VerifyCredential(w.t.Context(), &identityv1.VerifyCredentialRequest{Digest: digest[:]})
	if err != nil {
		w.t.Fatal(err)
	}
	got := slices.Clone(p.GetPermissions())
	slices.Sort(got)
	slices.Sort(want)
	if strings.Join(got, " ") != strings.Join(want, " ") || p.GetAudience() != "keystone" {
		w.t.Errorf("a token for %s may %v, want %v", p.GetAudience(), got, want)
	}
}

// credential makes an application credential of the user of a token.
func (d door) credential(ctx context.Context, user string, c *useradminv1.NewApplicationCredential) (*useradminv1.ApplicationCredential, error) {
	r, err := d.credentials().CreateApplicationCredential(ctx, &useradminv1.CreateApplicationCredentialRequest{UserId: user, ApplicationCredential: c})
	return r.GetApplicationCredential(), err
}
