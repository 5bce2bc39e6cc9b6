package identity_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/services/identity"
)

// delete deletes a tenant, or begins to.
func (w *world) delete(id string) *identityv1.DeleteTenantResponse {
	w.t.Helper()
	r, err := w.tenants.DeleteTenant(w.t.Context(), &identityv1.DeleteTenantRequest{Id: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// populate gives a tenant one of everything and returns its root key and session.
func (w *world) populate(tenant string) (rootKey, session string) {
	w.t.Helper()
	w.tenant(tenant)
	rootKey = w.rootKey(tenant).GetSecret()
	w.subject(tenant, "user_1", 1, "a")
	session = w.session(&identityv1.IssueSessionRequest{
		Tenant: tenant, Subject: "user_1", Kind: opaque, Audience: "aud", TtlMs: 3_600_000, RefreshTtlMs: 7_200_000,
	}).GetAccessToken()
	identities := identityv1.NewIdentityServiceClient(w.public)
	if _, err := identities.CreateIdentity(w.as(rootKey), &identityv1.CreateIdentityRequest{ExternalId: "user_1"}); err != nil {
		w.t.Fatal(err)
	}
	return rootKey, session
}

func TestDeleteTenantLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		rootKey, session := w.populate("gone")
		otherKey, otherSession := w.populate("stays")
		before := w.flushes.Load()
		time.Sleep(time.Second)
		if r := w.delete("gone"); !r.GetComplete() || len(r.GetPending()) != 0 {
			t.Fatalf("got %v, want it complete", r)
		}
		if n := w.entries("gone"); n != 0 {
			t.Errorf("%d entries are left", n)
		}
		if w.flushes.Load() == before {
			t.Error("what is remembered of credentials was not flushed")
		}
		w.expectVoid(rootKey)
		w.expectVoid(session)
		w.expectValid(otherKey)
		w.expectValid(otherSession)
		if got := slices.Sorted(slices.Values(w.events("")[:2])); !slices.Equal(got, []string{"tenant.delete", "tenant.erase"}) {
			t.Errorf("audited %q", got)
		}
		if r := w.delete("gone"); !r.GetComplete() {
			t.Errorf("the repeat: got %v, want it complete", r)
		}
		r, err := w.tenants.ListTenants(t.Context(), &identityv1.ListTenantsRequest{})
		if err != nil || len(r.GetTenants()) != 1 {
			t.Errorf("listed %v, %v; want the other tenant", r, err)
		}
		_, err = w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: "gone", Permissions: []string{"*"}})
		expectCode(t, err, codes.NotFound)
	})
}

func TestTombstoneForgetsTheName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const name = "Jane Doe, Example Street 1"
		gate := make(chan struct{})
		w := newWorld(t, map[string]dataService{"secrets": func(context.Context, string) error { <-gate; return nil }})
		if _, err := w.tenants.CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: "acme", Name: name}); err != nil {
			t.Fatal(err)
		}
		var deletion sync.WaitGroup
		deletion.Go(func() {
			if r := w.delete("acme"); !r.GetComplete() {
				t.Errorf("got %v, want it complete", r)
			}
		})
		synctest.Wait()
		if r, err := w.tenants.ListTenants(t.Context(), &identityv1.ListTenantsRequest{}); err != nil || r.GetTenants()[0].GetName() != name || !w.remembers(name) {
			t.Errorf("listed %v, %v; want the name as long as a service holds data", r, err)
		}
		close(gate)
		deletion.Wait()
		if w.remembers(name) {
			t.Error("the name is still there")
		}
		_, err := w.tenants.CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: "acme"})
		expectCode(t, err, codes.AlreadyExists)
	})
}

// remembers tells whether a text is in a value that belongs to no tenant.
func (w *world) remembers(text string) (found bool) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), func(tx kv.Reader) error {
		for e, err := range tx.Scan(kv.Prefix(key.New("g"))) {
			if err != nil {
				return err
			}
			found = found || bytes.Contains(e.Value, []byte(text))
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

func TestDeleteUnknownTenant(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.tenants.DeleteTenant(t.Context(), &identityv1.DeleteTenantRequest{Id: "unknown"})
	expectCode(t, err, codes.NotFound)
}

func TestDeletionGoesOnByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		down, asked := true, 0
		w := newWorld(t, map[string]dataService{"secrets": func(_ context.Context, tenant string) error {
			mu.Lock()
			defer mu.Unlock()
			asked++
			if tenant != "acme" {
				t.Errorf("asked to delete %q", tenant)
			}
			if down {
				return fault.Unavailable("down")
			}
			return nil
		}})
		rootKey, session := w.populate("acme")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		r, err := w.tenants.DeleteTenant(ctx, &identityv1.DeleteTenantRequest{Id: "acme"})
		if err != nil || r.GetComplete() || !slices.Equal(r.GetPending(), []string{"secrets"}) {
			t.Fatalf("got %v, %v; want secrets pending", r, err)
		}
		w.expectVoid(rootKey)
		w.expectVoid(session)
		_, err = w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: "acme", Permissions: []string{"*"}})
		expectCode(t, err, codes.FailedPrecondition)
		_, err = w.tenants.CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: "acme"})
		expectCode(t, err, codes.AlreadyExists)
		mu.Lock()
		down = false
		mu.Unlock()
		if r := w.delete("acme"); !r.GetComplete() {
			t.Fatalf("got %v after the service came back, want it complete", r)
		}
		mu.Lock()
		defer mu.Unlock()
		if asked < 2 {
			t.Errorf("the service was asked %d times", asked)
		}
	})
}

// The credentials end with the mark, not with the data.
func TestCredentialsEndBeforeTheDataDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		w := newWorld(t, map[string]dataService{
			identity.Name: func(context.Context, string) error { <-gate; return nil },
		})
		rootKey, session := w.populate("acme")
		before := w.entries("acme")
		var deletion sync.WaitGroup
		deletion.Go(func() {
			if r := w.delete("acme"); !r.GetComplete() {
				t.Errorf("got %v, want it complete", r)
			}
		})
		synctest.Wait()
		w.expectVoid(rootKey)
		w.expectVoid(session)
		if n := w.entries("acme"); n != before {
			t.Errorf("%d entries of %d are left already", n, before)
		}
		close(gate)
		deletion.Wait()
	})
}

func TestWritersThatRaceADeletionLeaveNothing(t *testing.T) {
	w := newWorld(t, nil)
	rootKey, _ := w.populate("acme")
	identities := identityv1.NewIdentityServiceClient(w.public)
	var writers sync.WaitGroup
	for n := range 4 {
		writers.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("w%d-%d", n, i)
				_, one := identities.CreateIdentity(w.as(rootKey), &identityv1.CreateIdentityRequest{ExternalId: name})
				_, two := w.access.PutSubject(t.Context(), &identityv1.PutSubjectRequest{Tenant: "acme", Id: name, Epoch: 1, Version: 1})
				if one != nil && two != nil {
					return
				}
			}
		})
	}
	r := w.delete("acme")
	writers.Wait()
	if !r.GetComplete() {
		t.Fatalf("got %v, want it complete", r)
	}
	if n := w.entries("acme"); n != 0 {
		t.Errorf("%d entries are left", n)
	}
}
