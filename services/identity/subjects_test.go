package identity_test

import (
	"slices"
	"testing"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

func TestPutSubjectReachesLiveSessions(t *testing.T) {
	put := func(enabled bool, epoch int64, permissions ...string) *identityv1.PutSubjectRequest {
		return &identityv1.PutSubjectRequest{Tenant: "acme", Id: "user_1", Enabled: enabled, Epoch: epoch, Permissions: permissions}
	}
	for _, c := range []struct {
		name string
		puts []*identityv1.PutSubjectRequest
		want []string // what the session issued at epoch 5 may do; nil when it is void
	}{
		{"nothing", nil, []string{"a", "b"}},
		{"other permissions at the same epoch", []*identityv1.PutSubjectRequest{put(true, 5, "c")}, []string{"c"}},
		{"disabled at the same epoch", []*identityv1.PutSubjectRequest{put(false, 5, "a")}, nil},
		{"disabled and enabled again", []*identityv1.PutSubjectRequest{put(false, 5, "a"), put(true, 5, "a")}, []string{"a"}},
		{"a newer epoch", []*identityv1.PutSubjectRequest{put(true, 6, "a", "b")}, nil},
		{"a late repeat of an older epoch", []*identityv1.PutSubjectRequest{put(false, 4)}, []string{"a", "b"}},
		{"a newer epoch, then a late repeat", []*identityv1.PutSubjectRequest{put(true, 6, "a"), put(true, 5, "a", "b")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.tenant("acme")
			w.put(put(true, 5, "a", "b"))
			s := w.session(login(opaque))
			for _, r := range c.puts {
				w.put(r)
			}
			if c.want == nil {
				w.expectVoid(s.GetAccessToken())
				return
			}
			if got := w.expectValid(s.GetAccessToken()).GetPermissions(); !slices.Equal(got, c.want) {
				t.Errorf("may do %q, want %q", got, c.want)
			}
		})
	}
}

func TestDeletedSubjectStaysDeleted(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("acme")
	w.subject("acme", "user_1", 1, "a")
	s := w.session(login(opaque))
	for _, id := range []string{"user_1", "user_1", "unknown"} { // repeating it is not an error
		if _, err := w.access.DeleteSubject(t.Context(), &identityv1.DeleteSubjectRequest{Tenant: "acme", Id: id}); err != nil {
			t.Fatal(err)
		}
	}
	for _, epoch := range []int64{1, 2, 1 << 60} {
		w.subject("acme", "user_1", epoch, "a")
		w.subject("acme", "unknown", epoch, "a")
	}
	w.expectVoid(s.GetAccessToken())
	for _, id := range []string{"user_1", "unknown"} {
		r := login(opaque)
		r.Subject = id
		_, err := w.access.IssueSession(t.Context(), r)
		expectCode(t, err, codes.NotFound)
	}
}

func TestSubjectsNeedATenant(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.access.PutSubject(t.Context(), &identityv1.PutSubjectRequest{Tenant: "unknown", Id: "user_1", Epoch: 1})
	expectCode(t, err, codes.NotFound)
	_, err = w.access.DeleteSubject(t.Context(), &identityv1.DeleteSubjectRequest{Tenant: "unknown", Id: "user_1"})
	expectCode(t, err, codes.NotFound)
}

func TestSubjectsOfTenantsAreApart(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("acme")
	w.tenant("other")
	w.subject("acme", "user_1", 1, "a")
	w.subject("other", "user_1", 1, "a")
	s := w.session(login(opaque))
	if _, err := w.access.DeleteSubject(t.Context(), &identityv1.DeleteSubjectRequest{Tenant: "other", Id: "user_1"}); err != nil {
		t.Fatal(err)
	}
	w.expectValid(s.GetAccessToken())
}
