package identity_test

import (
	"slices"
	"testing"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

func TestPutSubjectReachesLiveSessions(t *testing.T) {
	put := func(enabled bool, epoch, version int64, permissions ...string) *identityv1.PutSubjectRequest {
		return &identityv1.PutSubjectRequest{
			Tenant: "acme", Id: "user_1", Enabled: enabled, Epoch: epoch, Version: version, Permissions: permissions,
		}
	}
	type puts = []*identityv1.PutSubjectRequest
	for _, c := range []struct {
		name    string
		puts    puts
		want    []string // what the session issued at epoch 5 and version 10 may do; nil when it is void
		changes int
	}{
		{"nothing", nil, []string{"a", "b"}, 0},
		{"other permissions at the same epoch", puts{put(true, 5, 11, "c")}, []string{"c"}, 1},
		{"disabled at the same epoch", puts{put(false, 5, 11, "a")}, nil, 1},
		{"disabled and enabled again", puts{put(false, 5, 11, "a"), put(true, 5, 12, "a")}, []string{"a"}, 2},
		{"enabled again and late disabled", puts{put(true, 5, 12, "a"), put(false, 5, 11, "a")}, []string{"a"}, 1},
		{"disabled, then a late repeat of enabled", puts{put(false, 5, 11, "a"), put(true, 5, 10, "a", "b")}, nil, 1},
		{"a repeat of the same version", puts{put(true, 5, 10, "a", "b")}, []string{"a", "b"}, 0},
		{"another put with the same version", puts{put(false, 6, 10)}, []string{"a", "b"}, 0},
		{"a newer epoch", puts{put(true, 6, 11, "a", "b")}, nil, 1},
		{"a late repeat of an older epoch", puts{put(false, 4, 9)}, []string{"a", "b"}, 0},
		{"a newer epoch of an older version", puts{put(true, 6, 9, "a", "b")}, []string{"a", "b"}, 0},
		{"a newer epoch, then a late repeat", puts{put(true, 6, 11, "a"), put(true, 5, 10, "a", "b")}, nil, 1},
		{"an older epoch of a newer version", puts{put(true, 4, 11, "c")}, []string{"c"}, 1},
		{"a newer epoch, then an older one of a newer version", puts{put(true, 6, 11, "a"), put(true, 5, 12, "a")}, nil, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.tenant("acme")
			w.put(put(true, 5, 10, "a", "b"))
			s := w.session(login(opaque))
			for _, r := range c.puts {
				w.put(r)
			}
			puts := slices.DeleteFunc(w.events("acme"), func(event string) bool { return event != "subject.put" })
			if len(puts) != 1+c.changes {
				t.Errorf("audited %d changes, want %d", len(puts)-1, c.changes)
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
	for _, n := range []int64{1, 2, 1 << 60} {
		for _, id := range []string{"user_1", "unknown"} {
			w.put(&identityv1.PutSubjectRequest{Tenant: "acme", Id: id, Enabled: true, Epoch: n, Version: n, Permissions: []string{"a"}})
		}
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
	_, err := w.access.PutSubject(t.Context(), &identityv1.PutSubjectRequest{Tenant: "unknown", Id: "user_1", Epoch: 1, Version: 1})
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
