package connectionvault_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// shop is the application of tests, jane a consumer of it.
const (
	shop = "shop"
	jane = "jane"
)

// newShop is a world with an application that integrates services, and a context with its key.
func newShop(t testing.TB, services ...string) (*world, context.Context) {
	t.Helper()
	w := newIdleWorld(t)
	var all []*connectionvaultv1.NewIntegration
	for _, service := range services {
		all = append(all, &connectionvaultv1.NewIntegration{ServiceId: service, ClientId: "client", ClientSecret: "secret"})
	}
	return w, w.addApp(acme, shop, all...)
}

func (w *world) get(ctx context.Context, api, service string) *connectionvaultv1.Connection {
	w.t.Helper()
	r, err := w.connections.GetConnection(ctx, &connectionvaultv1.GetConnectionRequest{
		ApplicationId: shop, ConsumerId: jane, UnifiedApi: api, ServiceId: service,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetConnection()
}

// set changes settings of jane's connection.
func (w *world) set(ctx context.Context, api, service, settings string) (*connectionvaultv1.Connection, error) {
	r, err := w.connections.UpdateConnection(ctx, &connectionvaultv1.UpdateConnectionRequest{
		ApplicationId: shop, ConsumerId: jane, UnifiedApi: api, ServiceId: service, Settings: settings,
	})
	return r.GetConnection(), err
}

func (w *world) mustSet(ctx context.Context, api, service, settings string) *connectionvaultv1.Connection {
	w.t.Helper()
	m, err := w.set(ctx, api, service, settings)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// bring imports a token.
func (w *world) bring(ctx context.Context, api, service string, credentials *connectionvaultv1.ImportedCredentials) *connectionvaultv1.Connection {
	w.t.Helper()
	r, err := w.connections.ImportConnection(ctx, &connectionvaultv1.ImportConnectionRequest{
		ApplicationId: shop, ConsumerId: jane, UnifiedApi: api, ServiceId: service, Credentials: credentials,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetConnection()
}

func (w *world) list(ctx context.Context, change func(*connectionvaultv1.ListConnectionsRequest)) []string {
	w.t.Helper()
	r := &connectionvaultv1.ListConnectionsRequest{ApplicationId: shop, ConsumerId: jane}
	change(r)
	answer, err := w.connections.ListConnections(ctx, r)
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []string
	for _, m := range answer.GetConnections() {
		ids = append(ids, m.GetId()+" "+m.GetState())
	}
	return ids
}

func TestListHasWhatIsIntegratedAddedOrNot(t *testing.T) {
	w, ctx := newShop(t, "pipedrive", "copper", "xero")
	w.mustSet(ctx, "crm", "copper", `{"email":"jane@example.com","api_key":"k"}`)
	w.bring(ctx, "crm", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a")})
	tests := []struct {
		name   string
		change func(*connectionvaultv1.ListConnectionsRequest)
		want   string
	}{
		{"all", func(*connectionvaultv1.ListConnectionsRequest) {},
			"lead+copper available,crm+copper callable,lead+pipedrive available,crm+pipedrive callable,accounting+xero available"},
		{"of a unified API", func(r *connectionvaultv1.ListConnectionsRequest) { r.Api = "crm" }, "crm+copper callable,crm+pipedrive callable"},
		{"of an unknown one", func(r *connectionvaultv1.ListConnectionsRequest) { r.Api = "cars" }, ""},
		{"configured", func(r *connectionvaultv1.ListConnectionsRequest) { r.Configured = new(true) }, "crm+copper callable,crm+pipedrive callable"},
		{"not configured", func(r *connectionvaultv1.ListConnectionsRequest) { r.Configured = new(false) },
			"lead+copper available,lead+pipedrive available,accounting+xero available"},
		{"of another consumer", func(r *connectionvaultv1.ListConnectionsRequest) { r.ConsumerId, r.Api = "joe", "crm" },
			"crm+copper available,crm+pipedrive available"},
		{"of no consumer", func(r *connectionvaultv1.ListConnectionsRequest) { r.ConsumerId, r.Api = "", "crm" },
			"crm+copper available,crm+pipedrive available"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(w.list(ctx, tt.change), ","); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	w, ctx := newShop(t, "pipedrive")
	const (
		settings = `{"instance_url":"https://eu28.salesforce.com","n":10,"m":10.0,"x":10.50,"big":9007199254740993,"yes":true,"list":[1, "a",null],"<é>\u0041":{"b":{"a":1,"z":2}}}`
		metadata = `{ "account" : {"name":"My Company","id":1e400}, "plan":"enterprise","n":10.0 }`
		defaults = `[{"resource":"leads","defaults":[{"id":"P","options":[{"id":"1","label":"G","options":[{"label":"l","value":["team",1]}]}],"value":10.5},{"id":"P","value":true}]},{"resource":"leads","defaults":[]}]`
	)
	r, err := w.connections.UpdateConnection(ctx, &connectionvaultv1.UpdateConnectionRequest{
		ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "pipedrive", Enabled: new(true),
		Settings: settings, Metadata: metadata, Configuration: defaults,
		CustomMappings: []*connectionvaultv1.CustomMappingChange{{Value: "$.root.training.first_aid"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*connectionvaultv1.Connection{"answer": r.GetConnection(), "read": w.get(ctx, "crm", "pipedrive")} {
		if m.GetSettings() != settings || m.GetMetadata() != metadata || m.GetConfiguration() != defaults {
			t.Errorf("%s: got %s, %s, %s", name, m.GetSettings(), m.GetMetadata(), m.GetConfiguration())
		}
		if len(m.GetCustomMappings()) != 1 || m.GetCustomMappings()[0].GetValue() != "$.root.training.first_aid" {
			t.Errorf("%s: mappings %v", name, m.GetCustomMappings())
		}
	}
}

func TestUpdateMergesSettingsAndReplacesTheRest(t *testing.T) {
	w, ctx := newShop(t, "pipedrive")
	w.mustSet(ctx, "crm", "pipedrive", `{"a":1,"b":2.0,"c":3}`)
	m := w.mustSet(ctx, "crm", "pipedrive", `{"d":4,"b":null,"a":"x","missing":null}`)
	if want := `{"a":"x","c":3,"d":4}`; m.GetSettings() != want {
		t.Errorf("settings %s, want %s", m.GetSettings(), want)
	}
	change := func(r *connectionvaultv1.UpdateConnectionRequest, mask ...string) *connectionvaultv1.Connection {
		t.Helper()
		r.ApplicationId, r.ConsumerId, r.UnifiedApi, r.ServiceId = shop, jane, "crm", "pipedrive"
		if mask != nil {
			r.UpdateMask = &fieldmaskpb.FieldMask{Paths: mask}
		}
		answer, err := w.connections.UpdateConnection(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		return answer.GetConnection()
	}
	change(&connectionvaultv1.UpdateConnectionRequest{Metadata: `{"a":1}`, Configuration: `[{"resource":"leads"}]`})
	m = change(&connectionvaultv1.UpdateConnectionRequest{Metadata: `{"b":2}`})
	if m.GetMetadata() != `{"b":2}` || m.GetConfiguration() == "" || m.GetSettings() != `{"a":"x","c":3,"d":4}` {
		t.Errorf("after new metadata: %s, %s, %s", m.GetMetadata(), m.GetConfiguration(), m.GetSettings())
	}
	if m = change(&connectionvaultv1.UpdateConnectionRequest{}, "metadata", "settings", "configuration"); m.GetMetadata() != "" || m.GetConfiguration() != "" || m.GetSettings() != `{"a":"x","c":3,"d":4}` {
		t.Errorf("after null: %s, %s, %s", m.GetMetadata(), m.GetConfiguration(), m.GetSettings())
	}
}

func TestDeleteConnection(t *testing.T) {
	w, ctx := newShop(t, "copper")
	remove := func() error {
		_, err := w.connections.DeleteConnection(ctx, &connectionvaultv1.DeleteConnectionRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper",
		})
		return err
	}
	err := remove()
	expect(t, err, codes.NotFound)
	if reason := fault.From(err).Reason; reason != "CONNECTION_NOT_FOUND" {
		t.Errorf("reason %s", reason)
	}
	w.mustSet(ctx, "crm", "copper", `{"email":"jane@example.com","api_key":"k"}`)
	expect(t, remove(), codes.OK)
	if m := w.get(ctx, "crm", "copper"); m.GetState() != "available" || m.GetSettings() != "" || m.CreatedAt != nil {
		t.Errorf("after it: %v", m)
	}
}

func TestConnectionsThatAreNot(t *testing.T) {
	w, ctx := newShop(t, "copper")
	rivals := w.addApp(rival, "other", &connectionvaultv1.NewIntegration{ServiceId: "copper"})
	tests := []struct {
		name         string
		ctx          context.Context
		app          string
		consumer     string
		api, service string
		want         codes.Code
	}{
		{"an unknown service", ctx, shop, jane, "crm", "nothing", codes.NotFound},
		{"another unified API", ctx, shop, jane, "hris", "copper", codes.NotFound},
		{"a service that is not integrated", ctx, shop, jane, "accounting", "xero", codes.NotFound},
		{"no consumer", ctx, shop, "", "crm", "copper", codes.InvalidArgument},
		{"no application", ctx, "", jane, "crm", "copper", codes.InvalidArgument},
		{"another tenant's application", ctx, "other", jane, "crm", "copper", codes.Unauthenticated},
		{"another tenant's key", rivals, shop, jane, "crm", "copper", codes.Unauthenticated},
		{"an unknown application", ctx, "shop2", jane, "crm", "copper", codes.Unauthenticated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.connections.GetConnection(tt.ctx, &connectionvaultv1.GetConnectionRequest{
				ApplicationId: tt.app, ConsumerId: tt.consumer, UnifiedApi: tt.api, ServiceId: tt.service,
			})
			expect(t, err, tt.want)
			_, err = w.connections.UpdateConnection(tt.ctx, &connectionvaultv1.UpdateConnectionRequest{
				ApplicationId: tt.app, ConsumerId: tt.consumer, UnifiedApi: tt.api, ServiceId: tt.service, Enabled: new(true),
			})
			expect(t, err, tt.want)
		})
	}
}
