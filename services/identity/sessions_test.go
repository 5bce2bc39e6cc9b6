package identity_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
)

const (
	signed = identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION
	opaque = identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION
)

// subject puts an enabled subject.
func (w *world) subject(tenant, id string, epoch int64, permissions ...string) {
	w.t.Helper()
	w.put(&identityv1.PutSubjectRequest{Tenant: tenant, Id: id, Enabled: true, Epoch: epoch, Permissions: permissions})
}

// put puts a subject; without a version, as the newest change.
func (w *world) put(r *identityv1.PutSubjectRequest) {
	w.t.Helper()
	if r.GetVersion() == 0 {
		w.changes++
		r.Version = w.changes
	}
	if _, err := w.access.PutSubject(w.t.Context(), r); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) session(r *identityv1.IssueSessionRequest) *identityv1.IssueSessionResponse {
	w.t.Helper()
	s, err := w.access.IssueSession(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// login is a session of acme's user_1 for an hour, refreshable for a day.
func login(kind identityv1.CredentialKind) *identityv1.IssueSessionRequest {
	return &identityv1.IssueSessionRequest{
		Tenant: "acme", Subject: "user_1", Kind: kind, Audience: "aud",
		TtlMs: time.Hour.Milliseconds(), RefreshTtlMs: 24 * time.Hour.Milliseconds(),
	}
}

// inAcme runs a test in a bubble, with the tenant acme and its user_1, who may do a and b.
func inAcme(t *testing.T, test func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.tenant("acme")
		w.subject("acme", "user_1", 1, "a", "b")
		test(t, w)
	})
}

func TestIssueSession(t *testing.T) {
	for _, kind := range []identityv1.CredentialKind{signed, opaque} {
		t.Run(kind.String(), func(t *testing.T) {
			inAcme(t, func(t *testing.T, w *world) {
				s := w.session(login(kind))
				if got, want := s.GetExpiresAt().AsTime(), time.Now().Add(time.Hour); !got.Equal(want) {
					t.Errorf("access ends %v, want %v", got, want)
				}
				if got, want := s.GetRefreshExpiresAt().AsTime(), time.Now().Add(24*time.Hour); !got.Equal(want) {
					t.Errorf("refresh ends %v, want %v", got, want)
				}
				v := w.expectValid(s.GetAccessToken())
				if v.GetKind() != kind || v.GetTenant() != "acme" || v.GetSubject() != "user_1" || v.GetAudience() != "aud" ||
					!slices.Equal(v.GetPermissions(), []string{"a", "b"}) || !v.GetExpiresAt().AsTime().Equal(s.GetExpiresAt().AsTime()) {
					t.Errorf("verified %v", v)
				}
				w.expectVoid(s.GetRefreshToken())
				w.expectNoRefresh(s.GetAccessToken(), "aud")
				time.Sleep(time.Hour)
				w.expectVoid(s.GetAccessToken())
			})
		})
	}
}

func TestIssueSessionWithoutRefresh(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		r := login(opaque)
		r.RefreshTtlMs = 0
		s := w.session(r)
		if s.GetRefreshToken() != "" || s.GetRefreshExpiresAt() != nil {
			t.Errorf("got %v, want no refresh token", s)
		}
		w.expectValid(s.GetAccessToken())
	})
}

func TestIssueSessionRefuses(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		w.put(&identityv1.PutSubjectRequest{Tenant: "acme", Id: "disabled", Epoch: 1})
		w.subject("acme", "deleted", 1)
		if _, err := w.access.DeleteSubject(t.Context(), &identityv1.DeleteSubjectRequest{Tenant: "acme", Id: "deleted"}); err != nil {
			t.Fatal(err)
		}
		w.tenant("other")
		for name, c := range map[string]struct {
			change func(*identityv1.IssueSessionRequest)
			want   codes.Code
		}{
			"an unknown tenant":          {func(r *identityv1.IssueSessionRequest) { r.Tenant = "unknown" }, codes.NotFound},
			"another tenant's subject":   {func(r *identityv1.IssueSessionRequest) { r.Tenant = "other" }, codes.NotFound},
			"an unknown subject":         {func(r *identityv1.IssueSessionRequest) { r.Subject = "unknown" }, codes.NotFound},
			"a deleted subject":          {func(r *identityv1.IssueSessionRequest) { r.Subject = "deleted" }, codes.NotFound},
			"a disabled subject":         {func(r *identityv1.IssueSessionRequest) { r.Subject = "disabled" }, codes.FailedPrecondition},
			"no audience":                {func(r *identityv1.IssueSessionRequest) { r.Audience = "" }, codes.InvalidArgument},
			"a root key as the kind":     {func(r *identityv1.IssueSessionRequest) { r.Kind = 1 }, codes.InvalidArgument},
			"no life":                    {func(r *identityv1.IssueSessionRequest) { r.TtlMs = 0 }, codes.InvalidArgument},
			"claims of a signed session": {func(r *identityv1.IssueSessionRequest) { r.Claims = `{"a":1}` }, codes.InvalidArgument},
			"issuer of a signed session": {func(r *identityv1.IssueSessionRequest) { r.Issuer = "me" }, codes.InvalidArgument},
			"an issuer with spaces":      {func(r *identityv1.IssueSessionRequest) { r.Kind, r.Issuer = signed, "a b" }, codes.InvalidArgument},
		} {
			r := login(opaque)
			c.change(r)
			if _, err := w.access.IssueSession(t.Context(), r); fault.From(err) == nil || fault.From(err).Code != c.want {
				t.Errorf("%s: got %v, want %v", name, err, c.want)
			}
		}
	})
}

func TestRevokeSession(t *testing.T) {
	for _, c := range []struct {
		name  string
		token func(*identityv1.IssueSessionResponse) string
	}{
		{"by its access token", (*identityv1.IssueSessionResponse).GetAccessToken},
		{"by its refresh token", (*identityv1.IssueSessionResponse).GetRefreshToken},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAcme(t, func(t *testing.T, w *world) {
				bystander, s := w.session(login(opaque)), w.session(login(signed))
				next, err := w.refresh(s.GetRefreshToken(), "aud")
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				d := auth.DigestOf(c.token(s))
				for range 2 { // repeating it is not an error
					if _, err := w.access.RevokeSession(t.Context(), &identityv1.RevokeSessionRequest{Digest: d[:]}); err != nil {
						t.Fatal(err)
					}
				}
				w.expectVoid(s.GetAccessToken())
				w.expectVoid(next.GetAccessToken())
				w.expectNoRefresh(s.GetRefreshToken(), "aud")
				w.expectNoRefresh(next.GetRefreshToken(), "aud")
				w.expectValid(bystander.GetAccessToken())
				// The repeat was none.
				if got := w.events("acme"); got[0] != "session.revoke" || got[1] == "session.revoke" {
					t.Errorf("audited %q, want the revocation once and last", got)
				}
			})
		})
	}
}

// Rows of sessions go when they end; nothing of them stays.
func TestEndedSessionsAreSwept(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		before := w.entries("acme")
		for i := range 10 {
			r := login(opaque)
			r.Audience = fmt.Sprint(i)
			w.session(r)
		}
		time.Sleep(24*time.Hour + 2*time.Second)
		synctest.Wait()
		if n, want := w.entries("acme"), before+10; n != want { // the audit records stay
			t.Errorf("%d entries are left, want %d", n, want)
		}
	})
}
