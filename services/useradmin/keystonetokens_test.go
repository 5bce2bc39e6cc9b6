package useradmin_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// annsToken is what a new token of ann's says.
func annsToken(auditIDs ...string) *useradminv1.KeystoneToken {
	domain := &useradminv1.KeystoneDomain{Id: "default", Name: "Default"}
	role := sha256.Sum256([]byte("role:creator"))
	now := time.Now().UTC()
	return &useradminv1.KeystoneToken{
		Methods: []string{"password"}, AuditIds: auditIDs,
		User:     &useradminv1.KeystoneTokenUser{Domain: domain, Id: "ann", Name: "annie"},
		IssuedAt: now.Format("2006-01-02T15:04:05") + ".000000Z", ExpiresAt: now.Add(time.Hour).Format("2006-01-02T15:04:05") + ".000000Z",
		Project: &useradminv1.KeystoneTokenProject{Domain: domain, Id: acme, Name: "acme project"}, IsDomain: proto.Bool(false),
		Roles: []*useradminv1.KeystoneRole{{Id: hex.EncodeToString(role[:16]), Name: "creator"}},
	}
}

func unscoped(m *useradminv1.KeystoneToken) *useradminv1.KeystoneToken {
	m.Project, m.IsDomain, m.Roles = nil, nil, nil
	return m
}

func TestKeystonePassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := loginWorld(t)
		byID := &useradminv1.KeystoneUser{Id: "ann", Password: goodPassword}
		inDomain := &useradminv1.KeystoneUser{Name: "annie", Domain: &useradminv1.KeystoneDomain{Id: "default"}, Password: goodPassword}
		permissions := []string{"openstack.creator", "application-credentials.manage"}
		for _, c := range []struct {
			name        string
			user        *useradminv1.KeystoneUser
			scope       string
			permissions []string
		}{
			{"by name, for a project", inDefault("ANNIE", goodPassword), project(acme), permissions},
			{"by name and the domain's id, for a project", inDomain, project(acme), permissions},
			{"by id, for a project", byID, project(acme), permissions},
			{"by id, for nothing", byID, "", nil},
		} {
			got := d.mustToken(t, byPassword(c.user), c.scope)
			want := annsToken(got.GetToken().GetAuditIds()...)
			if c.scope == "" {
				unscoped(want)
			}
			if diff := cmp.Diff(want, got.GetToken(), protocmp.Transform()); diff != "" || len(want.GetAuditIds()) != 1 || len(want.GetAuditIds()[0]) != 22 {
				t.Error(c.name, diff)
			}
			w.wantPermissions(got.GetSubjectToken(), c.permissions...)
		}
		got := d.mustToken(t, ann(), "").GetSubjectToken()
		time.Sleep(time.Hour - time.Second)
		w.works(got, acme, "ann", true)
		time.Sleep(2 * time.Second)
		w.works(got, acme, "ann", false)
	})
}

// Everything that is wrong has one answer, and costs one hash.
func TestKeystoneRefusalsAreAlike(t *testing.T) {
	w, d := loginWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "roleless", Password: goodPassword})
	w.add(&useradminv1.AddUserRequest{Id: "coded", Password: goodPassword, OpenstackRoles: []string{"creator"}})
	d.enrol(t, "coded")
	elsewhere := inDefault("annie", goodPassword)
	elsewhere.Domain = &useradminv1.KeystoneDomain{Name: "default"}
	mixed := byCode(inDefault("coded@example.com", goodPassword), codeAt(time.Now()))
	mixed.Totp.User.Name = "annie"
	for _, c := range []struct {
		name     string
		identity *useradminv1.KeystoneIdentity
	}{
		{"an unknown name", byPassword(inDefault("nobody", goodPassword))},
		{"an unknown id", byPassword(&useradminv1.KeystoneUser{Id: "nobody", Password: goodPassword})},
		{"an e-mail address that is no name", byPassword(inDefault("ann@example.com", goodPassword))},
		{"another domain", byPassword(elsewhere)},
		{"a wrong password", byPassword(inDefault("annie", "wrong"))},
		{"a user without a role", byPassword(inDefault("roleless@example.com", goodPassword))},
		{"a code of who has none", byCode(inDefault("annie", goodPassword), "000000")},
		{"no code", byPassword(inDefault("coded@example.com", goodPassword))},
		{"a wrong code", byCode(inDefault("coded@example.com", goodPassword), "000000")},
		{"a code of another user", mixed},
		{"an unknown application credential", byCredential(&useradminv1.KeystoneApplicationCredential{Id: "x", Secret: "x"})},
		{"an unknown application credential of a user", byCredential(&useradminv1.KeystoneApplicationCredential{Name: "x", User: inDefault("annie", ""), Secret: "x"})},
		{"an unknown user's application credential", byCredential(&useradminv1.KeystoneApplicationCredential{Name: "x", User: inDefault("nobody", ""), Secret: "x"})},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := d.hashes(t)
			_, err := d.token(t.Context(), c.identity, project(acme))
			wantRefused(t, err)
			wantHashes(t, before+1, d)
		})
	}
}

func TestKeystoneSecondFactor(t *testing.T) {
	_, d := loginWorld(t)
	d.enrol(t, "ann")
	code := codeAt(time.Now())
	got := d.mustToken(t, byCode(inDefault("annie", goodPassword), code), project(acme))
	if diff := cmp.Diff([]string{"password", "totp"}, got.GetToken().GetMethods()); diff != "" {
		t.Error(diff)
	}
	_, err := d.token(t.Context(), byCode(inDefault("annie", goodPassword), code), project(acme))
	wantRefused(t, err)
	_, err = d.login(t.Context(), "annie", goodPassword, code)
	wantRefused(t, err)
}

// The doors share one lock, however the user is called at them.
func TestLockAtAllDoors(t *testing.T) {
	_, d := loginWorld(t)
	d.lock(t, "ann@example.com")
	for _, u := range []*useradminv1.KeystoneUser{inDefault("annie", goodPassword), {Id: "ann", Password: goodPassword}} {
		_, err := d.token(t.Context(), byPassword(u), project(acme))
		wantRefused(t, err)
	}
	wantHashes(t, 5, d)
}

// A name that users of two tenants have means the one of the project, or else the older.
func TestOneNameInTwoTenants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := loginWorld(t)
		time.Sleep(time.Second)
		w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "aaron", Username: "annie", Password: goodPassword, OpenstackRoles: []string{"creator"}})
		for scope, want := range map[string]string{
			"": "ann", project(acme): "ann", project(rival): "aaron",
			`{"project":{"name":"rival project","domain":{"id":"default"}}}`: "aaron",
		} {
			if got := d.mustToken(t, ann(), scope).GetToken().GetUser().GetId(); got != want {
				t.Errorf("for %s the name means %s, want %s", scope, got, want)
			}
		}
		_, err := d.token(t.Context(), ann(), project("nope"))
		wantRefused(t, err)
	})
}

func TestOwnersTokens(t *testing.T) {
	w, d := loginWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "olga", Password: goodPassword, Owner: true})
	got := d.mustToken(t, byPassword(inDefault("olga@example.com", goodPassword)), project(acme))
	w.wantPermissions(got.GetSubjectToken(), "openstack.admin", "application-credentials.manage", "useradmin.everything")
	if roles := got.GetToken().GetRoles(); len(roles) != 1 || roles[0].GetName() != "admin" {
		t.Errorf("roles %v", roles)
	}
	got = d.mustToken(t, byPassword(inDefault("olga@example.com", goodPassword)), "")
	w.wantPermissions(got.GetSubjectToken())
}

func TestKeystoneDuringChange(t *testing.T) {
	w, _ := loginWorld(t)
	slow := &late{AccessServiceClient: w.access}
	d := w.accessDoor(slow)
	slow.then = func() { d.change(t, "ann", func(u *storev1.User) { u.PasswordVersion++ }) }
	_, err := d.token(t.Context(), ann(), project(acme))
	wantRefused(t, err)
}

func TestRescope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := loginWorld(t)
		first := d.mustToken(t, ann(), "")
		time.Sleep(10 * time.Minute)
		next := d.mustToken(t, byToken(first.GetSubjectToken()), project(acme))
		last := d.mustToken(t, byToken(next.GetSubjectToken()), project(acme))
		for _, got := range []*useradminv1.CreateKeystoneTokenResponse{next, last} {
			want := annsToken(got.GetToken().GetAuditIds()[0], first.GetToken().GetAuditIds()[0])
			want.Methods, want.ExpiresAt = []string{"password", "token"}, first.GetToken().GetExpiresAt()
			if diff := cmp.Diff(want, got.GetToken(), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
			w.wantPermissions(got.GetSubjectToken(), "openstack.creator", "application-credentials.manage")
		}
		time.Sleep(50*time.Minute + time.Second)
		w.works(last.GetSubjectToken(), acme, "ann", false)
		_, err := d.token(t.Context(), byToken(last.GetSubjectToken()), project(acme))
		wantRefused(t, err)
	})
}

// A token of a token does not outlive what ends the first, also not one made meanwhile.
func TestRescopeDuringChange(t *testing.T) {
	w, d := loginWorld(t)
	for _, c := range []struct {
		name string
		then func(token string)
	}{
		{"a new password", func(string) { d.change(t, "ann", func(u *storev1.User) { u.PasswordVersion++ }) }},
		{"a new password that only identity knows of", func(string) {
			u := d.change(t, "ann", func(*storev1.User) {})
			_, err := w.access.PutSubject(t.Context(), &identityv1.PutSubjectRequest{
				Tenant: acme, Id: "ann", Enabled: true, Permissions: []string{"openstack.creator"}, Epoch: u.GetEpoch() + 1, Version: u.GetVersion() + 1,
			})
			expect(t, err, codes.OK)
		}},
		{"a revocation", func(token string) {
			_, err := d.keystone().RevokeKeystoneToken(w.as(token), &useradminv1.RevokeKeystoneTokenRequest{SubjectToken: token})
			expect(t, err, codes.OK)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			first := d.mustToken(t, byPassword(&useradminv1.KeystoneUser{Id: "ann", Password: goodPassword}), "").GetSubjectToken()
			slow := &late{AccessServiceClient: w.access, then: func() { c.then(first) }}
			_, err := w.accessDoor(slow).token(t.Context(), byToken(first), project(acme))
			wantRefused(t, err)
		})
	}
}

func TestTokensThatAreNone(t *testing.T) {
	w, d := loginWorld(t)
	contabo, err := d.login(t.Context(), "annie", goodPassword, "")
	expect(t, err, codes.OK)
	for name, token := range map[string]string{
		"nothing known": "bogus", "a token of another door": contabo.GetAccessToken(), "a refresh token": contabo.GetRefreshToken(),
		"a root key": w.rootKeyText(acme, "users.read"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.token(t.Context(), byToken(token), project(acme))
			wantRefused(t, err)
		})
	}
}
