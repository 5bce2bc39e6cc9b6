package identity_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func (w *world) setQuota(tenant string, perMinute int32) *identityv1.Tenant {
	w.t.Helper()
	r, err := w.tenants.SetQuota(w.t.Context(), &identityv1.SetQuotaRequest{Id: tenant, RequestsPerMinute: perMinute})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetTenant()
}

func TestQuota(t *testing.T) {
	w := newWorld(t, nil)
	key, session := w.populate("acme")
	if _, err := w.tenants.CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: "other", RequestsPerMinute: 7}); err != nil {
		t.Fatal(err)
	}
	other := w.rootKey("other").GetSecret()
	for _, perMinute := range []int32{0, 100, 100, 2147483647, 0} {
		flushes := w.flushes.Load()
		if got := w.setQuota("acme", perMinute); got.GetId() != "acme" || got.GetRequestsPerMinute() != perMinute {
			t.Errorf("set to %d, got %v", perMinute, got)
		}
		if w.flushes.Load() == flushes {
			t.Error("what is remembered of credentials was not flushed")
		}
		for credential, want := range map[string]int32{key: perMinute, session: perMinute, other: 7} {
			if got := w.expectValid(credential).GetRequestsPerMinute(); got != want {
				t.Errorf("a credential may make %d calls, want %d", got, want)
			}
		}
	}
	r, err := w.tenants.ListTenants(t.Context(), &identityv1.ListTenantsRequest{})
	if err != nil || len(r.GetTenants()) != 2 || r.GetTenants()[0].GetRequestsPerMinute() != 0 || r.GetTenants()[1].GetRequestsPerMinute() != 7 {
		t.Errorf("listed %v, %v", r, err)
	}
	// What changes nothing leaves no record.
	events := slices.DeleteFunc(w.events(""), func(e string) bool { return e != "tenant.quota" })
	if len(events) != 3 {
		t.Errorf("audited %d changes, want 3", len(events))
	}
}

func TestQuotaOfNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		w := newWorld(t, map[string]dataService{"secrets": func(ctx context.Context, tenant string) error {
			if tenant == "going" {
				<-gate
			}
			return nil
		}})
		for _, id := range []string{"acme", "gone", "going"} {
			w.tenant(id)
		}
		w.delete("gone")
		var deletion sync.WaitGroup
		deletion.Go(func() { w.delete("going") })
		synctest.Wait()
		for _, c := range []struct {
			name string
			give *identityv1.SetQuotaRequest
			want codes.Code
		}{
			{"of a tenant that never was", &identityv1.SetQuotaRequest{Id: "nobody", RequestsPerMinute: 1}, codes.NotFound},
			{"of a deleted tenant", &identityv1.SetQuotaRequest{Id: "gone", RequestsPerMinute: 1}, codes.NotFound},
			{"of a tenant in deletion", &identityv1.SetQuotaRequest{Id: "going", RequestsPerMinute: 1}, codes.FailedPrecondition},
			{"without a tenant", &identityv1.SetQuotaRequest{RequestsPerMinute: 1}, codes.InvalidArgument},
			{"below 0", &identityv1.SetQuotaRequest{Id: "acme", RequestsPerMinute: -1}, codes.InvalidArgument},
		} {
			if _, err := w.tenants.SetQuota(t.Context(), c.give); err == nil || fault.From(err).Code != c.want {
				t.Errorf("%s: got %v, want %v", c.name, err, c.want)
			}
		}
		_, err := w.tenants.CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: "new", RequestsPerMinute: -1})
		expectCode(t, err, codes.InvalidArgument)
		close(gate)
		deletion.Wait()
	})
}
