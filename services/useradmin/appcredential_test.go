package useradmin_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestApplicationCredentialsThatCannotBeMade(t *testing.T) {
	w, d := loginWorld(t)
	ctx := w.keystone(acme, "ann")
	if _, err := d.credential(ctx, "ann", newCredential("taken")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*useradminv1.NewApplicationCredential)
		code   codes.Code
		want   string // the field at fault, or the reason
	}{
		{"no name", func(m *useradminv1.NewApplicationCredential) { m.Name = "" }, codes.InvalidArgument, "NAME_MISSING"},
		{"a name that is taken", func(m *useradminv1.NewApplicationCredential) { m.Name = "taken" }, codes.AlreadyExists, "APPLICATION_CREDENTIAL_EXISTS"},
		{"a long name", func(m *useradminv1.NewApplicationCredential) { m.Name = strings.Repeat("x", 256) }, codes.InvalidArgument, "application_credential.name"},
		{"a long description", func(m *useradminv1.NewApplicationCredential) { m.Description = proto.String(strings.Repeat("x", 4097)) }, codes.InvalidArgument, "application_credential.description"},
		{"a long secret", func(m *useradminv1.NewApplicationCredential) { m.Secret = strings.Repeat("x", 1025) }, codes.InvalidArgument, "application_credential.secret"},
		{"unrestricted", func(m *useradminv1.NewApplicationCredential) { m.Unrestricted = proto.Bool(true) }, codes.InvalidArgument, "application_credential.unrestricted"},
		{"access rules", func(m *useradminv1.NewApplicationCredential) { m.AccessRules = `[{"path":"/v1/secrets"}]` }, codes.InvalidArgument, "application_credential.access_rules"},
		{"access rules of another kind", func(m *useradminv1.NewApplicationCredential) { m.AccessRules = `{}` }, codes.InvalidArgument, "application_credential.access_rules"},
		{"an end that was", func(m *useradminv1.NewApplicationCredential) { m.ExpiresAt = "2020-11-22T04:08:54.000000" }, codes.InvalidArgument, "application_credential.expires_at"},
		{"an end that is no time", func(m *useradminv1.NewApplicationCredential) { m.ExpiresAt = "tomorrow" }, codes.InvalidArgument, "application_credential.expires_at"},
		{"a role that the user has not", func(m *useradminv1.NewApplicationCredential) { m.Roles = []*useradminv1.KeystoneRole{{Name: "admin"}} }, codes.InvalidArgument, "application_credential.roles"},
		{"a role without a name", func(m *useradminv1.NewApplicationCredential) { m.Roles = []*useradminv1.KeystoneRole{{}} }, codes.InvalidArgument, "application_credential.roles"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newCredential("new")
			c.change(m)
			_, err := d.credential(ctx, "ann", m)
			expect(t, err, c.code)
			got := fault.From(err).Reason
			if v := fault.From(err).Violations; len(v) == 1 {
				got = v[0].Field
			}
			if got != c.want {
				t.Errorf("got %s (%v), want %s", got, err, c.want)
			}
		})
	}
	_, err := d.credential(ctx, "ann", nil)
	wantReason(t, err, "APPLICATION_CREDENTIAL_MISSING")
	for i := range 99 {
		if _, err := d.credential(ctx, "ann", newCredential(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	_, err = d.credential(ctx, "ann", newCredential("one too many"))
	wantReason(t, err, "APPLICATION_CREDENTIAL_LIMIT")
}

func TestFormsOfApplicationCredentials(t *testing.T) {
	w, d := loginWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "bob", OpenstackRoles: []string{"creator", "observer"}})
	role := annsToken().GetRoles()[0]
	for i, m := range []*useradminv1.NewApplicationCredential{
		{ExpiresAt: "2999-11-22T04:08:54"}, {ExpiresAt: "2999-11-22T04:08:54Z"}, {ExpiresAt: "2999-11-22T05:08:54.5+01:00"}, {ExpiresAt: "2999-11-22T04:08:54+0000"},
		{AccessRules: "null"}, {AccessRules: " [ ] "}, {Unrestricted: proto.Bool(false)},
		{Roles: []*useradminv1.KeystoneRole{{Id: role.GetId()}}}, {Roles: []*useradminv1.KeystoneRole{{Name: "creator"}, role}},
	} {
		m.Name = fmt.Sprint(i)
		got, err := d.credential(w.keystone(acme, "bob"), "bob", m)
		if err != nil || m.ExpiresAt != "" && !strings.HasPrefix(got.GetExpiresAt(), "2999-11-22T04:08:54.") || len(m.Roles) > 0 && len(got.GetRoles()) != 1 {
			t.Errorf("%v gives %v, %v", m, got, err)
		}
	}
}

// A token's roles bound those of the credentials that it makes.
func TestRolesThatTheTokenHasNot(t *testing.T) {
	w, d := loginWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "roleless"})
	_, err := d.credential(w.keystone(acme, "roleless"), "roleless", newCredential("ac"))
	wantReason(t, err, "INVALID_ARGUMENT")
}
