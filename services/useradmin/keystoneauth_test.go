package useradmin_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestMalformedAuthentications(t *testing.T) {
	_, d := loginWorld(t)
	type identity = useradminv1.KeystoneIdentity
	type user = useradminv1.KeystoneUser
	of := func(i *identity) *useradminv1.KeystoneAuth { return &useradminv1.KeystoneAuth{Identity: i} }
	for _, c := range []struct {
		name                  string
		auth                  *useradminv1.KeystoneAuth
		reason, field, target string
	}{
		{"nothing", nil, "AUTH_MISSING", "auth", "request body"},
		{"no identity", &useradminv1.KeystoneAuth{}, "IDENTITY_MISSING", "identity", "auth"},
		{"no methods", of(&identity{}), "METHODS_MISSING", "methods", "identity"},
		{"no password method", of(&identity{Methods: []string{"password"}}), "PASSWORD_MISSING", "password", "identity"},
		{"no user", of(byPassword(nil)), "USER_MISSING", "user", "password"},
		{"no password", of(byPassword(inDefault("annie", ""))), "PASSWORD_MISSING", "password", "user"},
		{"no name", of(byPassword(&user{Password: "x"})), "NAME_MISSING", "name", "user"},
		{"no domain", of(byPassword(&user{Name: "annie", Password: "x"})), "DOMAIN_MISSING", "domain", "user"},
		{"no totp method", of(&identity{Methods: []string{"totp", "password"}, Password: ann().GetPassword()}), "TOTP_MISSING", "totp", "identity"},
		{"no user of a code", of(&identity{Methods: []string{"totp", "password"}, Password: ann().GetPassword(), Totp: &useradminv1.KeystoneTotp{}}), "USER_MISSING", "user", "totp"},
		{"no code", of(byCode(inDefault("annie", "x"), "")), "PASSCODE_MISSING", "passcode", "user"},
		{"no token method", of(&identity{Methods: []string{"token"}}), "TOKEN_MISSING", "token", "identity"},
		{"no token", of(byToken("")), "ID_MISSING", "id", "token"},
		{"no credential", of(byCredential(nil)), "APPLICATION_CREDENTIAL_MISSING", "application_credential", "identity"},
		{"no secret", of(byCredential(&useradminv1.KeystoneApplicationCredential{Id: "x"})), "SECRET_MISSING", "secret", "application_credential"},
		{"no name of a credential", of(byCredential(&useradminv1.KeystoneApplicationCredential{Secret: "x"})), "NAME_MISSING", "name", "application_credential"},
		{"no user of a credential", of(byCredential(&useradminv1.KeystoneApplicationCredential{Name: "x", Secret: "x"})), "USER_MISSING", "user", "application_credential"},
		{"no name of its user", of(byCredential(&useradminv1.KeystoneApplicationCredential{Name: "x", Secret: "x", User: &user{}})), "NAME_MISSING", "name", "user"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := d.keystone().CreateKeystoneToken(t.Context(), &useradminv1.CreateKeystoneTokenRequest{Auth: c.auth})
			expect(t, err, codes.InvalidArgument)
			wantReason(t, err, c.reason)
			if got := fault.From(err).Metadata; got["field"] != c.field || got["target"] != c.target {
				t.Errorf("got %v", got)
			}
		})
	}
	wantHashes(t, 0, d)
}

func TestUnsupportedMethods(t *testing.T) {
	_, d := loginWorld(t)
	for name, methods := range map[string][]string{
		"unknown": {"banana"}, "one unknown": {"password", "banana"}, "code alone": {"totp"},
		"password and token": {"password", "token"}, "token and code": {"token", "totp"}, "upper case": {"Password"},
	} {
		t.Run(name, func(t *testing.T) {
			identity := byCode(inDefault("annie", goodPassword), "000000")
			identity.Methods = methods
			identity.Token = &useradminv1.KeystoneTokenMethod{Id: "x"}
			_, err := d.token(t.Context(), identity, "")
			expect(t, err, codes.Unauthenticated)
			wantReason(t, err, "METHOD_UNSUPPORTED")
		})
	}
	wantHashes(t, 0, d)
}

func TestScopes(t *testing.T) {
	w, d := loginWorld(t)
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "rita", Password: goodPassword, OpenstackRoles: []string{"creator"}})
	scoped := d.mustToken(t, ann(), project(acme)).GetSubjectToken()
	for _, c := range []struct{ name, scope, reason, project string }{
		{"none", ``, "", ""},
		{"null", `null`, "", ""},
		{"the word unscoped", `"unscoped"`, "", ""},
		{"unscoped", `{"unscoped":{}}`, "", ""},
		{"the project by id", `{"project":{"id":"acme"}}`, "", acme},
		{"the project by id and another name", `{"project":{"id":"acme","name":"x"}}`, "", acme},
		{"the project by name", `{"project":{"name":"acme project","domain":{"name":"Default"}}}`, "", acme},
		{"the project by name and the domain's id", `{"project":{"name":"acme project","domain":{"id":"default"}}}`, "", acme},
		{"another's project", `{"project":{"id":"rival"}}`, "INVALID_GRANT", ""},
		{"another's project by name", `{"project":{"name":"rival project","domain":{"id":"default"}}}`, "INVALID_GRANT", ""},
		{"no project", `{"project":{"id":"nope"}}`, "INVALID_GRANT", ""},
		{"the id as a name", `{"project":{"name":"acme","domain":{"id":"default"}}}`, "INVALID_GRANT", ""},
		{"the project of another domain", `{"project":{"name":"acme project","domain":{"id":"Default"}}}`, "INVALID_GRANT", ""},
		{"a domain", `{"domain":{"id":"default"}}`, "INVALID_GRANT", ""},
		{"the system", `{"system":{"all":true}}`, "INVALID_GRANT", ""},
		{"a trust", `{"OS-TRUST:trust":{"id":"x"}}`, "INVALID_GRANT", ""},
		{"a project without anything", `{"project":{}}`, "NAME_MISSING", ""},
		{"a project that is text", `{"project":"acme"}`, "NAME_MISSING", ""},
		{"a project whose id is a number", `{"project":{"id":1}}`, "NAME_MISSING", ""},
		{"a project without domain", `{"project":{"name":"acme project"}}`, "DOMAIN_MISSING", ""},
		{"upper case", `{"Project":{"id":"acme"}}`, "INVALID_ARGUMENT", ""},
		{"a project twice", `{"project":{"id":"rival"},"project":{"id":"acme"}}`, "INVALID_ARGUMENT", ""},
		{"a project and a domain", `{"project":{"id":"acme"},"domain":{"id":"default"}}`, "INVALID_ARGUMENT", ""},
		{"a project and something", `{"project":{"id":"acme"},"x":1}`, "INVALID_ARGUMENT", ""},
		{"an empty object", `{}`, "INVALID_ARGUMENT", ""},
		{"another word", `"scoped"`, "INVALID_ARGUMENT", ""},
		{"a number", `1`, "INVALID_ARGUMENT", ""},
		{"an array", `["project"]`, "INVALID_ARGUMENT", ""},
		{"no JSON", `{"project"`, "INVALID_ARGUMENT", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := d.token(t.Context(), byToken(scoped), c.scope)
			if c.reason != "" {
				wantReason(t, err, c.reason)
			} else {
				expect(t, err, codes.OK)
			}
			if got.GetToken().GetProject().GetId() != c.project {
				t.Errorf("got a token for %v", got.GetToken().GetProject())
			}
		})
	}
}

// FuzzScopes proves that no scope is anything but good or bad.
func FuzzScopes(f *testing.F) {
	_, d := loginWorld(f)
	for _, scope := range []string{`{"project":{"id":"acme"}}`, `{"project":{"name":"x","domain":{"id":"default"}}}`, `"unscoped"`, `{"system":{"all":true}}`, `[{}]`, `nul`, "\xff"} {
		f.Add(scope)
	}
	f.Fuzz(func(t *testing.T, scope string) {
		_, err := d.token(t.Context(), byToken("bogus"), scope)
		if code := fault.From(err).Code; code != codes.InvalidArgument && code != codes.Unauthenticated {
			t.Errorf("got %v", err)
		}
	})
}
