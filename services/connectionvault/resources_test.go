package connectionvault_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// newResourceShop has a connector with resources, which no shipped file has.
func newResourceShop(t *testing.T) (*world, context.Context) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "own.yaml")
	own := "service_id: copper\nresources: {configurable: [leads, people], settings: [leads]}\n"
	if err := os.WriteFile(file, []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newIdleWorld(t, file)
	return w, w.addApp(acme, shop, &connectionvaultv1.NewIntegration{ServiceId: "copper"})
}

func TestResourceConfig(t *testing.T) {
	w, ctx := newResourceShop(t)
	get := func(resource string) (*connectionvaultv1.Connection, error) {
		r, err := w.resources.GetResourceConfig(ctx, &connectionvaultv1.GetResourceConfigRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", Resource: resource,
		})
		return r.GetConnection(), err
	}
	set := func(resource, configuration string) (*connectionvaultv1.Connection, error) {
		r, err := w.resources.UpdateResourceConfig(ctx, &connectionvaultv1.UpdateResourceConfigRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", Resource: resource, Configuration: configuration,
		})
		return r.GetConnection(), err
	}
	const first = `{"resource":"leads","defaults":[{"id":"a","value":10.0}]}`
	if m, err := get("leads"); err != nil || m.GetState() != "available" || m.GetConfiguration() != "" {
		t.Errorf("before: %v, %v", m, err)
	}
	if m, err := set("leads", `[`+first+`,{"resource":"people"}]`); err != nil || m.GetConfiguration() != "["+first+"]" {
		t.Errorf("leads: %v, %v", m, err)
	}
	if m, err := set("people", `[{"resource":"people","defaults":[]}]`); err != nil || m.GetConfiguration() != `[{"resource":"people","defaults":[]}]` {
		t.Errorf("people: %v, %v", m, err)
	}
	if m := w.get(ctx, "crm", "copper"); m.GetConfiguration() != "["+first+`,{"resource":"people","defaults":[]}]` {
		t.Errorf("all: %s", m.GetConfiguration())
	}
	if m, err := set("leads", `[]`); err != nil || m.GetConfiguration() != "[]" {
		t.Errorf("none: %v, %v", m, err)
	}
	_, err := get("deals")
	expect(t, err, codes.NotFound)
	_, err = set("deals", "[]")
	expect(t, err, codes.NotFound)
	for _, wrong := range []string{`{}`, `1`, `[1]`, `[[]]`} {
		_, err = set("leads", wrong)
		expect(t, err, codes.InvalidArgument)
	}
}

func TestMappings(t *testing.T) {
	w, ctx := newShop(t, "bamboohr")
	const target = "hris+employees+first_aid"
	create := func(id, value string) error {
		_, err := w.resources.CreateMapping(ctx, &connectionvaultv1.CreateMappingRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "hris", ServiceId: "bamboohr", TargetFieldId: id, Value: value,
		})
		return err
	}
	get := func() (*connectionvaultv1.CustomMapping, error) {
		r, err := w.resources.GetMapping(ctx, &connectionvaultv1.GetMappingRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "hris", ServiceId: "bamboohr", TargetFieldId: target})
		return r.GetCustomMapping(), err
	}
	update := func() error {
		_, err := w.resources.UpdateMapping(ctx, &connectionvaultv1.UpdateMappingRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "hris", ServiceId: "bamboohr", TargetFieldId: target, Value: "$.b",
		})
		return err
	}
	remove := func() error {
		_, err := w.resources.DeleteMapping(ctx, &connectionvaultv1.DeleteMappingRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "hris", ServiceId: "bamboohr", TargetFieldId: target})
		return err
	}
	expect(t, update(), codes.NotFound)
	expect(t, create(target, "$.a"), codes.OK)
	expect(t, create(target, "$.a"), codes.AlreadyExists)
	expect(t, create("hris+companies+name", "$.n"), codes.OK)
	expect(t, create("", "$.n"), codes.InvalidArgument)
	expect(t, update(), codes.OK)
	if m, err := get(); err != nil || m.GetValue() != "$.b" || m.GetKey() != "first_aid" || m.GetConsumerId() != jane {
		t.Errorf("got %v, %v", m, err)
	}
	all, err := w.resources.ListMappings(ctx, &connectionvaultv1.ListMappingsRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "hris", ServiceId: "bamboohr"})
	if err != nil || len(all.GetCustomMappings()) != 2 {
		t.Errorf("all: %v, %v", all, err)
	}
	some, err := w.resources.ListResourceMappings(ctx, &connectionvaultv1.ListResourceMappingsRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "hris", ServiceId: "bamboohr", Resource: "employees"})
	if err != nil || len(some.GetCustomMappings()) != 1 || some.GetCustomMappings()[0].GetId() != target {
		t.Errorf("of employees: %v, %v", some, err)
	}
	expect(t, remove(), codes.OK)
	expect(t, remove(), codes.NotFound)
	_, err = get()
	expect(t, err, codes.NotFound)
}

func TestConsents(t *testing.T) {
	w := newIdleWorld(t)
	_, err := w.operator.AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{
		Tenant: acme, Id: shop, ApiKey: "hp_root_0123456789abcdef", DataScopes: `{"crm.leads":{"name":{"read":true}}}`,
		Integrations: []*connectionvaultv1.NewIntegration{{ServiceId: "copper"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := withKey(t, "hp_root_0123456789abcdef")
	record := func(granted bool, resources string) error {
		_, err := w.consents.RecordConsent(ctx, &connectionvaultv1.RecordConsentRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", Granted: granted, Resources: resources,
		})
		return err
	}
	m := w.mustSet(ctx, "crm", "copper", `{"email":"a@example.com","api_key":"k"}`)
	if m.GetConsentState() != "pending" || m.GetHealth() != "needs_consent" || m.GetState() == "callable" || !m.GetApplicationDataScopes().GetEnabled() {
		t.Errorf("before: %v", m)
	}
	expect(t, record(true, `"*"`), codes.OK)
	if m = w.get(ctx, "crm", "copper"); m.GetConsentState() != "granted" || m.GetState() != "callable" || m.GetLatestConsent().GetResources() != `"*"` {
		t.Errorf("granted: %v", m)
	}
	expect(t, record(false, `{}`), codes.OK)
	if m = w.get(ctx, "crm", "copper"); m.GetConsentState() != "revoked" || m.GetState() != "authorized" || len(m.GetConsents()) != 2 || m.GetLatestConsent().GetGranted() {
		t.Errorf("revoked: %v", m)
	}
	expect(t, record(true, `[1]`), codes.InvalidArgument)
	all, err := w.consents.ListConsents(ctx, &connectionvaultv1.ListConsentsRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper"})
	if err != nil || len(all.GetConsents()) != 2 || all.GetConsents()[0].GetGranted() || !all.GetConsents()[1].GetGranted() {
		t.Errorf("all: %v, %v", all, err)
	}
}
