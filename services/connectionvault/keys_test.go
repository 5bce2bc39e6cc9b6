package connectionvault_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

func withKey(t testing.TB, key string) context.Context {
	return metadata.NewOutgoingContext(t.Context(), metadata.Pairs("authorization", "Bearer "+key))
}

// rotate makes another key of shop.
func (w *world) rotate(overlap time.Duration) string {
	w.t.Helper()
	r, err := w.operator.RotateApplicationKey(w.t.Context(), &connectionvaultv1.RotateApplicationKeyRequest{
		Tenant: acme, ApplicationId: shop, OverlapMs: overlap.Milliseconds(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetApiKey()
}

// valid tells which keys open shop.
func (w *world) valid(keys ...string) (all []bool) {
	w.t.Helper()
	for _, key := range keys {
		_, err := w.connections.ListConnections(withKey(w.t, key), &connectionvaultv1.ListConnectionsRequest{ApplicationId: shop})
		all = append(all, err == nil)
	}
	return all
}

func same(a, b []bool) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

func TestTwoKeysAreValidDuringRotation(t *testing.T) {
	w := newIdleWorld(t)
	const first = "hp_root_0123456789abcdef"
	_, err := w.operator.AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{Tenant: acme, Id: shop, ApiKey: first})
	if err != nil {
		t.Fatal(err)
	}
	second := w.rotate(0)
	if got := w.valid(first, second); !same(got, []bool{true, true}) {
		t.Errorf("after one rotation: %v", got)
	}
	third := w.rotate(0)
	if got := w.valid(first, second, third); !same(got, []bool{false, true, true}) {
		t.Errorf("after two: %v", got)
	}
	_, err = w.operator.RotateApplicationKey(t.Context(), &connectionvaultv1.RotateApplicationKeyRequest{Tenant: acme, ApplicationId: "other"})
	expect(t, err, codes.NotFound)
	_, err = w.operator.RotateApplicationKey(t.Context(), &connectionvaultv1.RotateApplicationKeyRequest{Tenant: rival, ApplicationId: shop})
	expect(t, err, codes.NotFound)
}

func TestTheOldKeyEndsWithTheOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		const first = "hp_root_0123456789abcdef"
		_, err := w.operator.AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{Tenant: acme, Id: shop, ApiKey: first})
		if err != nil {
			t.Fatal(err)
		}
		second := w.rotate(10 * time.Second)
		time.Sleep(9 * time.Second)
		if got := w.valid(first, second); !same(got, []bool{true, true}) {
			t.Errorf("within the overlap: %v", got)
		}
		time.Sleep(3 * time.Second)
		if got := w.valid(first, second); !same(got, []bool{false, true}) {
			t.Errorf("after it: %v", got)
		}
	})
}

func TestAKeyOpensItsApplicationAlone(t *testing.T) {
	w, ctx := newShop(t, "copper")
	other := w.addApp(acme, "other")
	list := func(ctx context.Context, app string) error {
		_, err := w.connections.ListConnections(ctx, &connectionvaultv1.ListConnectionsRequest{ApplicationId: app, ConsumerId: jane})
		return err
	}
	expect(t, list(ctx, shop), codes.OK)
	expect(t, list(other, "other"), codes.OK)
	expect(t, list(ctx, "other"), codes.Unauthenticated)
	expect(t, list(other, shop), codes.Unauthenticated)
}

func TestIntegrations(t *testing.T) {
	w, ctx := newShop(t, "pipedrive")
	set := func(n *connectionvaultv1.NewIntegration) error {
		_, err := w.operator.SetIntegration(t.Context(), &connectionvaultv1.SetIntegrationRequest{Tenant: acme, ApplicationId: shop, Integration: n})
		return err
	}
	remove := func(service string) error {
		_, err := w.operator.RemoveIntegration(t.Context(), &connectionvaultv1.RemoveIntegrationRequest{Tenant: acme, ApplicationId: shop, ServiceId: service})
		return err
	}
	w.bring(ctx, "crm", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a")})
	expect(t, set(&connectionvaultv1.NewIntegration{ServiceId: "pipedrive", Disabled: true}), codes.OK)
	if m := w.get(ctx, "crm", "pipedrive"); m.GetIntegrationState() != "disabled" || m.GetState() != "authorized" {
		t.Errorf("switched off: %v", m)
	}
	expect(t, set(&connectionvaultv1.NewIntegration{ServiceId: "xero", Scopes: []string{"openid"}}), codes.OK)
	expect(t, set(&connectionvaultv1.NewIntegration{ServiceId: "nothing"}), codes.NotFound)
	r, err := w.operator.ListApplications(t.Context(), &connectionvaultv1.ListApplicationsRequest{Tenant: acme})
	if err != nil || len(r.GetApplications()) != 1 || len(r.GetApplications()[0].GetIntegrations()) != 2 {
		t.Fatalf("got %v, %v", r, err)
	}
	if i := r.GetApplications()[0].GetIntegrations()[0]; i.GetServiceId() != "pipedrive" || i.GetHasSecret() || !i.GetDisabled() {
		t.Errorf("integration %v", i)
	}
	expect(t, remove("pipedrive"), codes.OK)
	expect(t, remove("pipedrive"), codes.NotFound)
	if m := w.get(ctx, "crm", "pipedrive"); m.GetState() != "authorized" || m.GetIntegrationState() != "disabled" {
		t.Errorf("removed: %v", m)
	}
	if got := w.list(ctx, func(*connectionvaultv1.ListConnectionsRequest) {}); len(got) != 1 || got[0] != "accounting+xero available" {
		t.Errorf("list %v", got)
	}
}
