package secretcontainer_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// full makes a secret with all that can go with one.
func (s *safe) full(ends *timestamppb.Timestamp) string {
	s.t.Helper()
	id := s.make(s.alice, &secretcontainerv1.CreateSecretRequest{
		Name: ptr("full"), Payload: []byte("text"), PayloadContentType: "text/plain", Expiration: ends,
	})
	s.lend(s.alice, id, true, "bob", "other")
	if err := s.note(s.alice, id, texts{"k": "v"}); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *safe) plantUses(id string, n int) {
	s.t.Helper()
	if err := secretcontainer.PlantUses(s.t.Context(), s.service, acme, id, n); err != nil {
		s.t.Fatal(err)
	}
}

// The secret is in two containers, and has more consumers than a transaction removes.
func TestDeletedSecretsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		id := s.full(timestamppb.New(time.Now().Add(time.Hour)))
		for range 2 {
			s.contain(s.alice, ref("a", id))
		}
		s.plantUses(id, 600)
		s.delete(s.alice, id)
		_, err := s.secrets.DeleteSecret(s.alice, &secretcontainerv1.DeleteSecretRequest{SecretId: id})
		refused(t, err, codes.NotFound, "SECRET_NOT_FOUND")
		time.Sleep(10 * time.Second)
		if got := s.tablesOf(acme); !slices.Equal(got, []string{"container"}) {
			t.Errorf("rows are left in %v", got)
		}
		if got := s.events(acme, id); !slices.Contains(got, "alice secret.delete") {
			t.Errorf("audited %v", got)
		}
	})
}

// A secret in more containers than a transaction takes it out of.
func TestSecretsInManyContainersAreDeletedInParts(t *testing.T) {
	s := safeIn(newIdleWorld(t))
	id := s.bare(s.alice)
	for range 300 {
		s.contain(s.alice, ref("a", id))
	}
	store := s.count()
	if _, commits := store.during(func() { s.delete(s.alice, id) }); commits != 2 {
		t.Errorf("300 rows went in %d transactions, want 2", commits)
	}
	if got := s.tablesOf(acme); !slices.Equal(got, []string{"container"}) {
		t.Errorf("rows are left in %v", got)
	}
}

func TestSecretsInUseCanStay(t *testing.T) {
	s := newSafe(t)
	id := s.bare(s.alice)
	s.plantUses(id, 1)
	unused := func(id string) error {
		_, err := s.secrets.DeleteSecret(s.alice, &secretcontainerv1.DeleteSecretRequest{SecretId: id, UnusedOnly: true})
		return err
	}
	refused(t, unused(id), codes.FailedPrecondition, "SECRET_HAS_CONSUMERS")
	if n := len(s.describe(s.alice, id).GetConsumers()); n != 1 {
		t.Errorf("%d consumers after a refused deletion, want 1", n)
	}
	expect(t, unused(s.bare(s.alice)), codes.OK)
	s.delete(s.alice, id)
}

// What goes with a secret goes with it, swept or not.
func TestSecretsEndWithAllThatIsTheirs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		id := s.full(timestamppb.New(time.Now().Add(time.Minute)))
		time.Sleep(time.Minute - time.Microsecond)
		if got, err := s.open(s.bob, id, ""); got != "text" || err != nil {
			t.Fatalf("got %q, %v before the end", got, err)
		}
		time.Sleep(time.Microsecond)
		for _, call := range secretCalls(s) {
			if call.may == "see" || call.may == "open" || call.name == "delete" {
				refused(t, call.do(s.alice, id), codes.NotFound, "SECRET_NOT_FOUND")
			}
		}
		for name, r := range map[string]*secretcontainerv1.ListSecretsRequest{
			"all": {}, "named": {Name: "full"}, "lent": {AclOnly: true},
		} {
			got, err := s.secrets.ListSecrets(s.bob, r)
			if err != nil || got.GetTotal() != 0 || len(got.GetSecrets()) != 0 {
				t.Errorf("%s: got %v, %v after the end", name, got, err)
			}
		}
		time.Sleep(3 * time.Second)
		if got := s.tablesOf(acme); len(got) != 0 {
			t.Errorf("rows are left in %v", got)
		}
	})
}

// A project that goes takes what it has lent with it.
func TestLentSecretsGoWithTheirProject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		s.retain(acme, time.Hour)
		id := s.full(nil)
		s.delete(s.alice, s.full(nil))
		_, err := identityv1.NewTenantServiceClient(s.internal).DeleteTenant(t.Context(), &identityv1.DeleteTenantRequest{Id: acme})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := s.names(s.bob, &secretcontainerv1.ListSecretsRequest{AclOnly: true}); len(got) != 0 {
			t.Errorf("bob is lent %v", got)
		}
		_, err = s.open(s.bob, id, "")
		refused(t, err, codes.NotFound, "SECRET_NOT_FOUND")
		if got := s.tablesOf(acme); len(got) != 0 {
			t.Errorf("rows are left in %v", got)
		}
		refused(t, s.undelete(acme, id), codes.NotFound, "TENANT_NOT_FOUND")
	})
}
