package secretcontainer_test

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/page"
)

func (s *safe) retain(of string, d time.Duration) {
	s.t.Helper()
	_, err := s.operator.SetRetention(s.t.Context(), &secretcontainerv1.SetRetentionRequest{Tenant: of, RetentionMs: d.Milliseconds()})
	if err != nil {
		s.t.Fatal(err)
	}
}

// deleted are the ids of a tenant's deleted secrets that are kept, as pages of two have them.
func (s *safe) deleted(of string) (ids []string) {
	s.t.Helper()
	for token := ""; ; {
		r, err := s.operator.ListDeletedSecrets(s.t.Context(), &secretcontainerv1.ListDeletedSecretsRequest{Tenant: of, PageSize: 2, PageToken: token})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, m := range r.GetSecrets() {
			ids = append(ids, m.GetSecretId())
		}
		if token = r.GetNextPageToken(); token == "" {
			return ids
		}
	}
}

func (s *safe) undelete(of, id string) error {
	return failed(s.operator.UndeleteSecret(s.t.Context(), &secretcontainerv1.UndeleteSecretRequest{Tenant: of, SecretId: id}))
}

func (s *safe) purge(of, id string) error {
	return failed(s.operator.PurgeSecret(s.t.Context(), &secretcontainerv1.PurgeSecretRequest{Tenant: of, SecretId: id}))
}

func TestRetentionIsSet(t *testing.T) {
	s := newSafe(t)
	for _, want := range []time.Duration{0, time.Hour, 30 * 24 * time.Hour, 0, 0} {
		s.retain(acme, want)
		r, err := s.operator.GetRetention(t.Context(), &secretcontainerv1.GetRetentionRequest{Tenant: acme})
		if err != nil || r.GetRetentionMs() != want.Milliseconds() {
			t.Errorf("got %d ms, %v, want %v", r.GetRetentionMs(), err, want)
		}
	}
	_, err := s.operator.SetRetention(t.Context(), &secretcontainerv1.SetRetentionRequest{Tenant: acme, RetentionMs: 2592000001})
	expect(t, err, codes.InvalidArgument)
	if n := len(s.events(acme, acme)); n != 3 {
		t.Errorf("%d records of 3 changes", n)
	}
	if got := s.tablesOf(acme); len(got) != 0 {
		t.Errorf("rows are left in %v", got)
	}
}

func TestDeletedSecretsComeBack(t *testing.T) {
	s := newSafe(t)
	s.retain(acme, time.Hour)
	id := s.full(timestamppb.New(time.Now().Add(24 * time.Hour)))
	before := s.describe(s.alice, id)
	s.plantUses(id, 1)
	s.delete(s.carol, id)
	s.delete(s.bob, s.bare(s.bob)) // rival's are not kept
	r, err := s.operator.ListDeletedSecrets(t.Context(), &secretcontainerv1.ListDeletedSecretsRequest{Tenant: acme})
	if err != nil || len(r.GetSecrets()) != 1 {
		t.Fatalf("got %v, %v", r, err)
	}
	m := r.GetSecrets()[0]
	if m.GetSecretId() != id || m.GetName() != "full" || m.GetCreatorId() != "alice" || m.GetDeletedBy() != "carol" || m.GetSecretType() != "opaque" ||
		m.GetPurged().AsTime().Sub(m.GetDeleted().AsTime()) != time.Hour || !m.GetCreated().AsTime().Equal(before.GetCreated().AsTime()) {
		t.Errorf("got %v", m)
	}
	if got := s.deleted(rival); len(got) != 0 {
		t.Errorf("rival has %v", got)
	}
	refused(t, s.undelete(rival, id), codes.NotFound, "DELETED_SECRET_NOT_FOUND")
	for range 2 { // asking twice is fine
		expect(t, s.undelete(acme, id), codes.OK)
	}
	after := s.describe(s.alice, id)
	if after.String() != before.String() {
		t.Errorf("got %v back, want %v", after, before)
	}
	if got, err := s.open(s.bob, id, ""); got != "text" || err != nil {
		t.Errorf("got the payload %q, %v back", got, err)
	}
	if got := s.notes(id); !maps.Equal(got, texts{"k": "v"}) {
		t.Errorf("got the metadata %v back", got)
	}
	if got := s.names(s.bob, &secretcontainerv1.ListSecretsRequest{AclOnly: true}); !slices.Equal(got, []string{"full"}) {
		t.Errorf("bob is lent %v", got)
	}
	if got := s.events(acme, id); !slices.Contains(got, "operator secret.undelete") {
		t.Errorf("audited %v", got)
	}
}

func TestDeletedSecretsAreListedAndPurged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		s.retain(acme, time.Hour)
		var ids []string
		for range 5 {
			id := s.full(nil)
			s.delete(s.alice, id)
			ids = slices.Insert(ids, 0, id)
			time.Sleep(time.Second)
		}
		if got := s.deleted(acme); !slices.Equal(got, ids) {
			t.Errorf("got %v, want %v", got, ids)
		}
		expect(t, s.purge(acme, ids[0]), codes.OK)
		refused(t, s.purge(acme, ids[0]), codes.NotFound, "DELETED_SECRET_NOT_FOUND")
		refused(t, s.undelete(acme, ids[0]), codes.NotFound, "DELETED_SECRET_NOT_FOUND")
		if got := s.events(acme, ids[0]); !slices.Contains(got, "operator secret.purge") {
			t.Errorf("audited %v", got)
		}
		time.Sleep(time.Hour - 4500*time.Millisecond)
		if got := s.deleted(acme); !slices.Equal(got, ids[1:4]) {
			t.Errorf("got %v when one has ended, want %v", got, ids[1:4])
		}
		s.retain(acme, 0)
		time.Sleep(time.Minute)
		if got := s.tablesOf(acme); len(got) != 0 {
			t.Errorf("rows are left in %v", got)
		}
	})
}

func TestDeletedSecretsEndWithTheSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		s.retain(acme, time.Hour)
		id := s.full(timestamppb.New(time.Now().Add(time.Minute)))
		s.delete(s.alice, id)
		time.Sleep(time.Minute)
		refused(t, s.undelete(acme, id), codes.NotFound, "DELETED_SECRET_NOT_FOUND")
	})
}

// A secret that came back while its consumers go would lose new ones with the old.
func TestDeletedSecretsComeBackWithoutConsumers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := safeIn(newIdleWorld(t))
		s.retain(acme, time.Hour)
		id := s.bare(s.alice)
		s.plantUses(id, 600)
		s.delete(s.alice, id)
		expect(t, s.undelete(acme, id), codes.Unavailable)
		s.run(s.service.Run)
		time.Sleep(10 * time.Second)
		expect(t, s.undelete(acme, id), codes.OK)
		if n := len(s.describe(s.alice, id).GetConsumers()); n != 0 {
			t.Errorf("%d consumers came back", n)
		}
	})
}

func TestTenantsThatAreUnknown(t *testing.T) {
	s, nobody := newSafe(t), "nobody"
	id := "00000000-0000-4000-8000-000000000000"
	for name, err := range map[string]error{
		"get":      failed(s.operator.GetRetention(t.Context(), &secretcontainerv1.GetRetentionRequest{Tenant: nobody})),
		"set":      failed(s.operator.SetRetention(t.Context(), &secretcontainerv1.SetRetentionRequest{Tenant: nobody, RetentionMs: 1})),
		"list":     failed(s.operator.ListDeletedSecrets(t.Context(), &secretcontainerv1.ListDeletedSecretsRequest{Tenant: nobody})),
		"undelete": s.undelete(nobody, id),
		"purge":    s.purge(nobody, id),
	} {
		t.Run(name, func(t *testing.T) { refused(t, err, codes.NotFound, "TENANT_NOT_FOUND") })
	}
	_, err := s.operator.ListDeletedSecrets(t.Context(), &secretcontainerv1.ListDeletedSecretsRequest{Tenant: acme, PageToken: "x"})
	refused(t, err, codes.InvalidArgument, page.ReasonCursorInvalid)
}
