package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
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

func (w *world) put(r *identityv1.PutSubjectRequest) {
	w.t.Helper()
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

func (w *world) refresh(token, audience string) (*identityv1.RefreshSessionResponse, error) {
	return w.access.RefreshSession(w.t.Context(), &identityv1.RefreshSessionRequest{RefreshToken: token, Audience: audience})
}

// expectNoRefresh checks that a refresh token is refused, and that the answer tells nothing.
func (w *world) expectNoRefresh(token, audience string) {
	w.t.Helper()
	r, err := w.refresh(token, audience)
	f := fault.From(err)
	if f == nil || f.Code != codes.Unauthenticated || f.Reason != fault.ReasonCredentialBad || !strings.HasPrefix(f.Message, "the refresh token is not valid") {
		w.t.Errorf("got %v, %v; want the refusal that all share", r, err)
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
		} {
			r := login(opaque)
			c.change(r)
			if _, err := w.access.IssueSession(t.Context(), r); fault.From(err) == nil || fault.From(err).Code != c.want {
				t.Errorf("%s: got %v, want %v", name, err, c.want)
			}
		}
	})
}

func TestRefreshRotates(t *testing.T) {
	for _, kind := range []identityv1.CredentialKind{signed, opaque} {
		t.Run(kind.String(), func(t *testing.T) {
			inAcme(t, func(t *testing.T, w *world) {
				request := login(kind)
				request.Permissions = []string{"a"}
				first := w.session(request)
				time.Sleep(time.Minute)
				next, err := w.refresh(first.GetRefreshToken(), "aud")
				if err != nil {
					t.Fatal(err)
				}
				if next.GetAccessToken() == first.GetAccessToken() || next.GetRefreshToken() == first.GetRefreshToken() {
					t.Error("a token comes twice")
				}
				if got, want := next.GetRefreshExpiresAt().AsTime(), time.Now().Add(24*time.Hour); !got.Equal(want) {
					t.Errorf("refresh ends %v, want %v", got, want)
				}
				w.expectValid(first.GetAccessToken())
				v := w.expectValid(next.GetAccessToken())
				if v.GetKind() != kind || !slices.Equal(v.GetPermissions(), []string{"a"}) || !v.GetExpiresAt().AsTime().Equal(time.Now().Add(time.Hour)) {
					t.Errorf("verified %v", v)
				}
				if _, err := w.refresh(next.GetRefreshToken(), "aud"); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestRefreshRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *world)
	}{
		{"once it has ended", func(*world) { time.Sleep(24 * time.Hour) }},
		{"of a disabled subject", func(w *world) { w.put(&identityv1.PutSubjectRequest{Tenant: "acme", Id: "user_1", Epoch: 1}) }},
		{"of an older epoch", func(w *world) { w.subject("acme", "user_1", 2, "a") }},
		{"of a deleted subject", func(w *world) {
			if _, err := w.access.DeleteSubject(w.t.Context(), &identityv1.DeleteSubjectRequest{Tenant: "acme", Id: "user_1"}); err != nil {
				w.t.Error(err)
			}
		}},
		{"of a deleted tenant", func(w *world) { w.delete("acme") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAcme(t, func(t *testing.T, w *world) {
				s := w.session(login(opaque))
				c.change(w)
				w.expectNoRefresh(s.GetRefreshToken(), "aud")
				w.expectVoid(s.GetAccessToken())
			})
		})
	}
	t.Run("for another audience, and keeps it", func(t *testing.T) {
		inAcme(t, func(t *testing.T, w *world) {
			s := w.session(login(opaque))
			w.expectNoRefresh(s.GetRefreshToken(), "other")
			if _, err := w.refresh(s.GetRefreshToken(), "aud"); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("an unknown one", func(t *testing.T) {
		inAcme(t, func(t *testing.T, w *world) { w.expectNoRefresh("hp_ref_unknown", "aud") })
	})
}

func TestParallelRefreshes(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		first := w.session(login(opaque))
		var mu sync.Mutex
		tokens := map[string]string{}
		var callers sync.WaitGroup
		for i := range 50 {
			callers.Go(func() {
				time.Sleep(time.Duration(i) * 199 * time.Millisecond) // the last one after 9.8 s
				r, err := w.refresh(first.GetRefreshToken(), "aud")
				if err != nil {
					t.Errorf("refresh %d: %v", i, err)
				}
				mu.Lock()
				defer mu.Unlock()
				tokens[r.GetRefreshToken()] = r.GetAccessToken()
			})
		}
		callers.Wait()
		if len(tokens) != 50 {
			t.Errorf("%d pairs, want 50", len(tokens))
		}
		for refresh, access := range tokens {
			w.expectValid(access)
			if _, err := w.refresh(refresh, "aud"); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestReuseRevokesTheFamily(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		bystander := w.session(login(opaque))
		first := w.session(login(opaque))
		next, err := w.refresh(first.GetRefreshToken(), "aud")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(11 * time.Second)
		flushes := w.flushes.Load()
		w.expectNoRefresh(first.GetRefreshToken(), "aud")
		w.expectVoid(first.GetAccessToken())
		w.expectVoid(next.GetAccessToken())
		w.expectNoRefresh(next.GetRefreshToken(), "aud")
		w.expectNoRefresh(first.GetRefreshToken(), "aud")
		w.expectValid(bystander.GetAccessToken())
		if w.flushes.Load() == flushes {
			t.Error("what is remembered of credentials was not flushed")
		}
		if got := w.events("acme")[0]; got != "session.reuse" {
			t.Errorf("the last event is %s, want session.reuse", got)
		}
	})
}

// Whoever refreshes at the overlap's end either gets a pair or kills the family: never a
// pair that outlives its family.
func TestReuseRacesRefresh(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		first := w.session(login(opaque))
		next, err := w.refresh(first.GetRefreshToken(), "aud")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(11 * time.Second)
		var mu sync.Mutex
		var issued []string
		var callers sync.WaitGroup
		for i := range 20 {
			callers.Go(func() {
				token := next.GetRefreshToken()
				if i%2 == 0 {
					token = first.GetRefreshToken()
				}
				if r, err := w.refresh(token, "aud"); err == nil {
					mu.Lock()
					issued = append(issued, r.GetAccessToken())
					mu.Unlock()
				}
			})
		}
		callers.Wait()
		for _, token := range issued {
			w.expectVoid(token)
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
