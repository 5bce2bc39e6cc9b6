package useradmin_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// inCredentialed runs a test where ann has two application credentials: "made", whose secret
// was made here, and "brought", whose secret is goodPassword.
func inCredentialed(t *testing.T, test func(t *testing.T, w *world, d door, made, brought *useradminv1.ApplicationCredential)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w, d := loginWorld(t)
		ctx := w.keystone(acme, "ann")
		made, err := d.credential(ctx, "ann", newCredential("made"))
		expect(t, err, codes.OK)
		brought, err := d.credential(ctx, "ann", &useradminv1.NewApplicationCredential{Name: "brought", Secret: goodPassword})
		expect(t, err, codes.OK)
		test(t, w, d, made, brought)
	})
}

func TestCredentialLogins(t *testing.T) {
	inCredentialed(t, func(t *testing.T, w *world, d door, made, brought *useradminv1.ApplicationCredential) {
		type credential = useradminv1.KeystoneApplicationCredential
		user := inDefault("annie", "")
		for _, c := range []struct {
			name, scope string
			give        *credential
			of          *useradminv1.ApplicationCredential
			hashes      uint64
		}{
			{"a made one by id", "", &credential{Id: made.GetId(), Secret: made.GetSecret()}, made, 0},
			{"a made one by name", "", &credential{Name: "made", User: user, Secret: made.GetSecret()}, made, 0},
			{"a made one by the user's id", "", &credential{Name: "made", User: &useradminv1.KeystoneUser{Id: "ann"}, Secret: made.GetSecret()}, made, 0},
			{"one for its project", project(acme), &credential{Id: made.GetId(), Secret: made.GetSecret()}, made, 0},
			{"a brought one by id", "", &credential{Id: brought.GetId(), Secret: goodPassword}, brought, 1},
			{"a brought one by name", "", &credential{Name: "brought", User: user, Secret: goodPassword}, brought, 1},
			{"one for another project", project(rival), &credential{Id: made.GetId(), Secret: made.GetSecret()}, nil, 0},
			{"a made one with a wrong secret", "", &credential{Id: made.GetId(), Secret: "wrong"}, nil, 1},
			{"a made one with the other's secret", "", &credential{Id: made.GetId(), Secret: goodPassword}, nil, 1},
			{"a brought one with a wrong secret", "", &credential{Id: brought.GetId(), Secret: "wrong"}, nil, 1},
			{"one of no such name", "", &credential{Name: "Made", User: user, Secret: made.GetSecret()}, nil, 1},
			{"one of another user", "", &credential{Name: "made", User: inDefault("nobody", ""), Secret: made.GetSecret()}, nil, 1},
		} {
			before := d.hashes(t)
			got, err := d.token(t.Context(), byCredential(c.give), c.scope)
			wantHashes(t, before+c.hashes, d)
			if c.of == nil {
				wantRefused(t, err)
				continue
			}
			want := annsToken(got.GetToken().GetAuditIds()...)
			want.Methods = []string{"application_credential"}
			want.ApplicationCredential = &useradminv1.KeystoneTokenCredential{Id: c.of.GetId(), Name: c.of.GetName(), Restricted: true}
			if diff := cmp.Diff(want, got.GetToken(), protocmp.Transform()); diff != "" || err != nil {
				t.Error(c.name, diff, err)
			}
			w.wantPermissions(got.GetSubjectToken(), "openstack.creator")
		}
	})
}

// Guesses lock a credential, but not against a secret that can't be guessed, and nothing else.
func TestCredentialLockout(t *testing.T) {
	inCredentialed(t, func(t *testing.T, _ *world, d door, made, brought *useradminv1.ApplicationCredential) {
		for _, c := range []*useradminv1.ApplicationCredential{made, brought} {
			for i := range 5 {
				_, err := d.token(t.Context(), byCredential(&useradminv1.KeystoneApplicationCredential{Id: c.GetId(), Secret: fmt.Sprint("wrong ", i)}), "")
				wantRefused(t, err)
			}
		}
		before := d.hashes(t)
		_, err := d.token(t.Context(), byCredential(&useradminv1.KeystoneApplicationCredential{Id: brought.GetId(), Secret: goodPassword}), "")
		wantRefused(t, err)
		_, err = d.token(t.Context(), byCredential(&useradminv1.KeystoneApplicationCredential{Id: made.GetId(), Secret: made.GetSecret()}), "")
		expect(t, err, codes.OK)
		wantHashes(t, before, d)
		_, err = d.token(t.Context(), ann(), "")
		expect(t, err, codes.OK)
		time.Sleep(15 * time.Minute)
		_, err = d.token(t.Context(), byCredential(&useradminv1.KeystoneApplicationCredential{Id: brought.GetId(), Secret: goodPassword}), "")
		expect(t, err, codes.OK)
	})
}

// A token of a token is as bound as the first: it lives and dies with the credential.
func TestDeletedCredential(t *testing.T) {
	inCredentialed(t, func(t *testing.T, w *world, _ door, made, brought *useradminv1.ApplicationCredential) {
		unheard := &deaf{AccessServiceClient: w.access}
		d := w.accessDoor(unheard)
		first := d.mustToken(t, byCredential(&useradminv1.KeystoneApplicationCredential{Id: made.GetId(), Secret: made.GetSecret()}), "").GetSubjectToken()
		again := d.mustToken(t, byToken(first), project(acme))
		if got := again.GetToken().GetApplicationCredential().GetId(); got != made.GetId() {
			t.Errorf("a token of a token is of the credential %q", got)
		}
		w.wantPermissions(again.GetSubjectToken(), "openstack.creator")
		other := d.mustToken(t, byCredential(&useradminv1.KeystoneApplicationCredential{Id: brought.GetId(), Secret: goodPassword}), "").GetSubjectToken()
		ctx := w.keystone(acme, "ann")
		_, err := d.credentials().DeleteApplicationCredential(ctx, &useradminv1.DeleteApplicationCredentialRequest{UserId: "ann", CredentialId: made.GetId()})
		expect(t, err, codes.OK)
		w.works(first, acme, "ann", false)
		w.works(again.GetSubjectToken(), acme, "ann", false)
		w.works(other, acme, "ann", true)
		_, err = d.token(t.Context(), byCredential(&useradminv1.KeystoneApplicationCredential{Id: made.GetId(), Secret: made.GetSecret()}), "")
		wantRefused(t, err)
		_, err = d.credentials().DeleteApplicationCredential(ctx, &useradminv1.DeleteApplicationCredentialRequest{UserId: "ann", CredentialId: made.GetId()})
		expect(t, err, codes.NotFound)

		unheard.times = 1
		_, err = d.credentials().DeleteApplicationCredential(ctx, &useradminv1.DeleteApplicationCredentialRequest{UserId: "ann", CredentialId: brought.GetId()})
		expect(t, err, codes.OK)
		time.Sleep(5 * time.Second)
		w.works(other, acme, "ann", false)
	})
}

func TestCredentialsOfUsersWhoChange(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*storev1.User)
		want   codes.Code
	}{
		{"another password and one role more", func(u *storev1.User) {
			u.PasswordVersion++
			u.OpenstackRoles = append(u.OpenstackRoles, "observer")
		}, codes.OK},
		{"another role", func(u *storev1.User) { u.OpenstackRoles = []string{"observer"} }, codes.Unauthenticated},
		{"being disabled", func(u *storev1.User) { u.Enabled = false }, codes.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			inCredentialed(t, func(t *testing.T, w *world, d door, made, brought *useradminv1.ApplicationCredential) {
				d.change(t, "ann", c.change)
				for _, m := range []*useradminv1.ApplicationCredential{made, brought} {
					got, err := d.token(t.Context(), byCredential(&useradminv1.KeystoneApplicationCredential{Id: m.GetId(), Secret: m.GetSecret()}), "")
					expect(t, err, c.want)
					if err == nil {
						w.wantPermissions(got.GetSubjectToken(), "openstack.creator")
					}
				}
			})
		})
	}
}

// A credential that is deleted while a token of it is made takes the token along.
func TestCredentialDeletedMeanwhile(t *testing.T) {
	inCredentialed(t, func(t *testing.T, w *world, d door, made, _ *useradminv1.ApplicationCredential) {
		slow := &late{AccessServiceClient: w.access}
		ctx := w.keystone(acme, "ann")
		slow.then = func() {
			_, err := d.credentials().DeleteApplicationCredential(ctx, &useradminv1.DeleteApplicationCredentialRequest{UserId: "ann", CredentialId: made.GetId()})
			expect(t, err, codes.OK)
		}
		_, err := w.accessDoor(slow).token(t.Context(), byCredential(&useradminv1.KeystoneApplicationCredential{Id: made.GetId(), Secret: made.GetSecret()}), "")
		wantRefused(t, err)
	})
}
