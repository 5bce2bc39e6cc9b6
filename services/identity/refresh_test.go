package identity_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

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

// Whoever trades a token for another one learns whose it is.
func TestRefreshTellsTheSession(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		request := login(signed)
		request.Claims = `{"name": "Ümit", "n": 1.0}`
		first := w.session(request)
		token := first.GetRefreshToken()
		for range 2 {
			next, err := w.refresh(token, "aud")
			if err != nil {
				t.Fatal(err)
			}
			if next.GetFamily() != first.GetFamily() || next.GetTenant() != "acme" || next.GetSubject() != "user_1" || next.GetClaims() != request.GetClaims() {
				t.Errorf("got %v", next)
			}
			token = next.GetRefreshToken()
		}
		if other := w.session(login(opaque)); other.GetFamily() == "" || other.GetFamily() == first.GetFamily() {
			t.Errorf("another login is of the family %q", other.GetFamily())
		}
	})
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
		time.Sleep(11 * time.Second)
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

func TestOverlapCountsFromTheFirstUse(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		first := w.session(login(opaque))
		for range 3 { // after 0, 4 and 8 seconds
			if _, err := w.refresh(first.GetRefreshToken(), "aud"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(4 * time.Second)
		}
		w.expectNoRefresh(first.GetRefreshToken(), "aud")
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
