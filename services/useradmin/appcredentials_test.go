package useradmin_test

import (
	"context"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// newCredential is one without particulars.
func newCredential(name string) *useradminv1.NewApplicationCredential {
	return &useradminv1.NewApplicationCredential{Name: name}
}

func TestApplicationCredentials(t *testing.T) {
	w, d := loginWorld(t)
	ctx := w.keystone(acme, "ann")
	made, err := d.credential(ctx, "ann", &useradminv1.NewApplicationCredential{
		Name: "ac", Description: proto.String("x"), ExpiresAt: "2999-11-22T04:08:54.123456",
	})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(made.GetId()) || !regexp.MustCompile(`^[\w-]{86}$`).MatchString(made.GetSecret()) {
		t.Errorf("id %s, secret %s", made.GetId(), made.GetSecret())
	}
	want := &useradminv1.ApplicationCredential{
		Id: made.GetId(), Name: "ac", Description: proto.String("x"), UserId: "ann", ProjectId: acme, ExpiresAt: proto.String("2999-11-22T04:08:54.123000"),
		Roles: []*useradminv1.ApplicationCredentialRole{{Id: annsToken().GetRoles()[0].GetId(), Name: "creator"}}, Secret: made.Secret,
	}
	if diff := cmp.Diff(want, made, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	want.Secret = nil
	got, err := d.credentials().GetApplicationCredential(ctx, &useradminv1.GetApplicationCredentialRequest{UserId: "ann", CredentialId: made.GetId()})
	if diff := cmp.Diff(want, got.GetApplicationCredential(), protocmp.Transform()); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// Lists begin with the oldest.
func TestListedApplicationCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := loginWorld(t)
		ctx := w.keystone(acme, "ann")
		var ids []string
		for _, name := range []string{"first", "second", "third"} {
			made, err := d.credential(ctx, "ann", newCredential(name))
			expect(t, err, codes.OK)
			ids = append(ids, made.GetId())
			time.Sleep(time.Millisecond)
		}
		for name, want := range map[string][]string{"": ids, "second": ids[1:2], "fourth": nil} {
			got, err := d.credentials().ListApplicationCredentials(ctx, &useradminv1.ListApplicationCredentialsRequest{UserId: "ann", Name: name})
			var listed []string
			for _, c := range got.GetApplicationCredentials() {
				listed = append(listed, c.GetId())
			}
			if diff := cmp.Diff(want, listed); diff != "" || err != nil {
				t.Error(diff, err)
			}
		}
	})
}

// Nobody reaches another's, and only who logged in reaches their own.
func TestWhoMayManageApplicationCredentials(t *testing.T) {
	w, d, token := subjectWorld(t)
	made, err := d.credential(w.keystone(acme, "ann"), "ann", newCredential("ac"))
	if err != nil {
		t.Fatal(err)
	}
	restricted := d.mustToken(t, byCredential(&useradminv1.KeystoneApplicationCredential{Id: made.GetId(), Secret: made.GetSecret()}), "").GetSubjectToken()
	again := d.mustToken(t, byToken(restricted), "").GetSubjectToken()
	for _, c := range []struct {
		name, user string
		caller     context.Context
		want       codes.Code
	}{
		{"another user", "ann", w.as(token("bob")), codes.NotFound},
		{"the owner", "ann", w.as(token("olga")), codes.NotFound},
		{"another tenant's owner", "ann", w.as(token("rita")), codes.NotFound},
		{"a root key", "ann", w.rootKey(acme, "useradmin.everything", "application-credentials.manage"), codes.NotFound},
		{"a token for no project", "ann", w.as(d.mustToken(t, ann(), "").GetSubjectToken()), codes.PermissionDenied},
		{"a token of an application credential", "ann", w.as(restricted), codes.PermissionDenied},
		{"a token of that", "ann", w.as(again), codes.PermissionDenied},
		{"a token of another door", "ann", w.contabo(acme, "ann"), codes.Unauthenticated},
		{"nobody", "ann", t.Context(), codes.Unauthenticated},
		{"another user, by their own id", "bob", w.as(token("bob")), codes.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := d.credentials().GetApplicationCredential(c.caller, &useradminv1.GetApplicationCredentialRequest{UserId: c.user, CredentialId: made.GetId()})
			expect(t, err, c.want)
			_, err = d.credentials().DeleteApplicationCredential(c.caller, &useradminv1.DeleteApplicationCredentialRequest{UserId: c.user, CredentialId: made.GetId()})
			expect(t, err, c.want)
			if c.user == "bob" {
				return
			}
			_, err = d.credentials().ListApplicationCredentials(c.caller, &useradminv1.ListApplicationCredentialsRequest{UserId: c.user})
			expect(t, err, c.want)
			_, err = d.credential(c.caller, c.user, newCredential("new"))
			expect(t, err, c.want)
		})
	}
}

func TestExpiringCredential(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := loginWorld(t)
		end := time.Now().UTC().Add(10 * time.Minute).Format("2006-01-02T15:04:05.000000")
		m := newCredential("ac")
		m.ExpiresAt = end
		made, err := d.credential(w.keystone(acme, "ann"), "ann", m)
		if err != nil {
			t.Fatal(err)
		}
		secret := byCredential(&useradminv1.KeystoneApplicationCredential{Id: made.GetId(), Secret: made.GetSecret()})
		got := d.mustToken(t, secret, "")
		if got.GetToken().GetExpiresAt() != end+"Z" {
			t.Errorf("a token until %s of a credential until %s", got.GetToken().GetExpiresAt(), end)
		}
		time.Sleep(10*time.Minute + time.Second)
		w.works(got.GetSubjectToken(), acme, "ann", false)
		before := d.hashes(t)
		_, err = d.token(t.Context(), secret, "")
		wantRefused(t, err)
		wantHashes(t, before+1, d)
	})
}
