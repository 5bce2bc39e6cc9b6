package useradmin_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// subjectWorld has users beside ann: bob and olga, who owns acme, and rita of rival. It makes
// tokens of theirs for their project.
func subjectWorld(t *testing.T) (w *world, d door, token func(user string) string) {
	t.Helper()
	w, d = loginWorld(t)
	roles := []string{"creator"}
	w.add(&useradminv1.AddUserRequest{Id: "bob", Password: goodPassword, OpenstackRoles: roles})
	w.add(&useradminv1.AddUserRequest{Id: "olga", Password: goodPassword, Owner: true})
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "rita", Password: goodPassword, OpenstackRoles: roles, Owner: true})
	first := map[string]string{}
	for _, user := range []string{"ann", "bob", "olga", "rita"} {
		first[user] = d.mustToken(t, byPassword(&useradminv1.KeystoneUser{Id: user, Password: goodPassword}), "").GetSubjectToken()
	}
	return w, d, func(user string) string {
		of := acme
		if user == "rita" {
			of = rival
		}
		return d.mustToken(t, byToken(first[user]), project(of)).GetSubjectToken()
	}
}

func TestWhoMayDescribeAndRevoke(t *testing.T) {
	w, d, token := subjectWorld(t)
	bare := d.mustToken(t, byToken(token("ann")), "").GetSubjectToken()
	for _, c := range []struct {
		name, subject, reason string
		caller                context.Context
	}{
		{"one's own, by itself", "", "", nil},
		{"one's own, by another", "ann", "", w.as(token("ann"))},
		{"one's own, by one for no project", "ann", "", w.as(bare)},
		{"another user's", "bob", "TOKEN_UNKNOWN", w.as(token("ann"))},
		{"another user's, by the owner", "bob", "", w.as(token("olga"))},
		{"another user's, by the owner for no project", "bob", "TOKEN_UNKNOWN", w.as(d.mustToken(t, byToken(token("olga")), "").GetSubjectToken())},
		{"another tenant's, by the owner", "rita", "TOKEN_UNKNOWN", w.as(token("olga"))},
		{"the owner's, by a root key", "olga", "", w.rootKey(acme, "users.read", "users.update")},
		{"another tenant's, by a root key", "rita", "TOKEN_UNKNOWN", w.rootKey(acme, "users.read", "users.update")},
		{"one's own, by a root key that may do nothing of it", "ann", "PERMISSION_MISSING", w.rootKey(acme, "roles.read")},
		{"by nobody", "ann", fault.ReasonCredentialAbsent, t.Context()},
	} {
		t.Run(c.name, func(t *testing.T) {
			subject := token(map[bool]string{true: "ann", false: c.subject}[c.subject == ""])
			if c.caller == nil {
				c.caller = w.as(subject)
			}
			_, err := d.keystone().GetKeystoneToken(c.caller, &useradminv1.GetKeystoneTokenRequest{SubjectToken: subject})
			_, other := d.keystone().RevokeKeystoneToken(c.caller, &useradminv1.RevokeKeystoneTokenRequest{SubjectToken: subject})
			for _, err := range []error{err, other} {
				if c.reason == "" {
					expect(t, err, codes.OK)
				} else {
					wantReason(t, err, c.reason)
				}
			}
			_, err = d.keystone().GetCatalog(w.as(subject), &useradminv1.GetCatalogRequest{})
			if (err == nil) != (c.reason != "") {
				t.Errorf("with the token: %v", err)
			}
		})
	}
}

func TestDescribedTokens(t *testing.T) {
	w, d, _ := subjectWorld(t)
	first := d.mustToken(t, ann(), project(acme))
	caller := w.as(first.GetSubjectToken())
	for name, made := range map[string]*useradminv1.CreateKeystoneTokenResponse{
		"for a project": first, "for none": d.mustToken(t, ann(), ""), "of another": d.mustToken(t, byToken(first.GetSubjectToken()), project(acme)),
	} {
		got, err := d.keystone().GetKeystoneToken(caller, &useradminv1.GetKeystoneTokenRequest{SubjectToken: made.GetSubjectToken(), WithCatalog: true})
		want := &useradminv1.GetKeystoneTokenResponse{Token: made.GetToken(), SubjectToken: made.GetSubjectToken(), WithCatalog: true}
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil {
			t.Error(name, diff, err)
		}
	}
	for name, token := range map[string]string{"unknown": "bogus", "none": "", "long": strings.Repeat("x", 16384)} {
		_, err := d.keystone().GetKeystoneToken(caller, &useradminv1.GetKeystoneTokenRequest{SubjectToken: token})
		expect(t, err, codes.NotFound)
		if wantReason(t, err, "TOKEN_UNKNOWN"); t.Failed() {
			t.Log(name)
		}
	}
	contabo, err := d.login(t.Context(), "annie", goodPassword, "")
	expect(t, err, codes.OK)
	_, err = d.keystone().GetKeystoneToken(caller, &useradminv1.GetKeystoneTokenRequest{SubjectToken: contabo.GetAccessToken()})
	wantReason(t, err, "TOKEN_UNKNOWN")
}

func TestRevokedToken(t *testing.T) {
	w, d, token := subjectWorld(t)
	caller, subject := w.as(token("ann")), token("ann")
	_, err := d.keystone().RevokeKeystoneToken(caller, &useradminv1.RevokeKeystoneTokenRequest{SubjectToken: subject})
	expect(t, err, codes.OK)
	w.works(subject, acme, "ann", false)
	_, err = d.keystone().GetKeystoneToken(caller, &useradminv1.GetKeystoneTokenRequest{SubjectToken: subject})
	expect(t, err, codes.NotFound)
	wantReason(t, err, "TOKEN_REVOKED")
	_, err = d.keystone().RevokeKeystoneToken(caller, &useradminv1.RevokeKeystoneTokenRequest{SubjectToken: subject})
	wantReason(t, err, "TOKEN_REVOKED")
	_, err = d.token(t.Context(), byToken(subject), project(acme))
	wantRefused(t, err)
}

// deaf is an identity service that does not hear of the first revocations.
type deaf struct {
	identityv1.AccessServiceClient
	times int
}

func (d *deaf) RevokeSession(ctx context.Context, r *identityv1.RevokeSessionRequest, o ...grpc.CallOption) (*identityv1.RevokeSessionResponse, error) {
	if d.times--; d.times >= 0 {
		return nil, errors.New("connection refused")
	}
	return d.AccessServiceClient.RevokeSession(ctx, r, o...)
}

// What is revoked ends also if identity could not be told at once.
func TestRevocationIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := loginWorld(t)
		d := w.accessDoor(&deaf{AccessServiceClient: w.access, times: 1})
		caller, subject := w.as(d.mustToken(t, ann(), "").GetSubjectToken()), d.mustToken(t, ann(), "").GetSubjectToken()
		_, err := d.keystone().RevokeKeystoneToken(caller, &useradminv1.RevokeKeystoneTokenRequest{SubjectToken: subject})
		expect(t, err, codes.OK)
		time.Sleep(5 * time.Second)
		w.works(subject, acme, "ann", false)
	})
}

func TestProjects(t *testing.T) {
	w, d, token := subjectWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "roleless", Password: goodPassword})
	bare := d.mustToken(t, byPassword(&useradminv1.KeystoneUser{Id: "roleless", Password: goodPassword}), "").GetSubjectToken()
	caller := w.as(token("ann"))
	want := &useradminv1.KeystoneProject{Id: acme, Name: "acme project", DomainId: "default", ParentId: "default", Enabled: true}
	one, err := d.keystone().GetProject(caller, &useradminv1.GetProjectRequest{ProjectId: acme})
	if diff := cmp.Diff(want, one.GetProject(), protocmp.Transform()); diff != "" || err != nil {
		t.Error(diff, err)
	}
	all, err := d.keystone().ListAuthProjects(caller, &useradminv1.ListAuthProjectsRequest{})
	if diff := cmp.Diff([]*useradminv1.KeystoneProject{want}, all.GetProjects(), protocmp.Transform()); diff != "" || err != nil {
		t.Error(diff, err)
	}
	own, err := d.keystone().ListUserProjects(caller, &useradminv1.ListUserProjectsRequest{UserId: "ann"})
	if diff := cmp.Diff([]*useradminv1.KeystoneProject{want}, own.GetProjects(), protocmp.Transform()); diff != "" || err != nil {
		t.Error(diff, err)
	}
	none, err := d.keystone().ListAuthProjects(w.as(bare), &useradminv1.ListAuthProjectsRequest{})
	if err != nil || len(none.GetProjects()) != 0 {
		t.Errorf("without a role: %v, %v", none, err)
	}
	_, err = d.keystone().GetProject(caller, &useradminv1.GetProjectRequest{ProjectId: rival})
	expect(t, err, codes.NotFound)
	_, err = d.keystone().ListUserProjects(caller, &useradminv1.ListUserProjectsRequest{UserId: "bob"})
	expect(t, err, codes.NotFound)
	_, err = d.keystone().GetVersion(t.Context(), &useradminv1.GetVersionRequest{})
	expect(t, err, codes.OK)
}
