package connectionvault_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// TestValidationFindsWhatIsNoLongerTaken after the connector's file has changed, and back.
func TestValidationFindsWhatIsNoLongerTaken(t *testing.T) {
	w, ctx := newShop(t, "copper")
	w.mustSet(ctx, "crm", "copper", `{"email":"jane@example.com","api_key":"k"}`)
	strict := w.under(writeConnectors(t, "service_id: copper\nfields:\n  - {id: email, label: E-mail, required: true, pattern: '^[a-z]+@acme\\.example$'}\n  - {id: api_key, label: Key, required: true, sensitive: true}\n"))
	for _, step := range []struct {
		name  string
		by    connectionvaultv1.ConnectionServiceClient
		state string
	}{
		{"as it was entered", w.connections, "callable"},
		{"under the new file", strict, "invalid"},
		{"again", strict, "invalid"},
		{"under the old one", w.connections, "callable"},
	} {
		r, err := step.by.ValidateConnection(ctx, &connectionvaultv1.ValidateConnectionRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper"})
		if err != nil || r.GetState() != step.state || r.GetId() != "crm+copper" {
			t.Errorf("%s: got %v, %v, want %s", step.name, r, err, step.state)
		}
		if m := w.get(ctx, "crm", "copper"); m.GetState() != step.state {
			t.Errorf("%s: it is %s afterwards", step.name, m.GetState())
		}
	}
	_, err := w.connections.ValidateConnection(ctx, &connectionvaultv1.ValidateConnectionRequest{ApplicationId: shop, ConsumerId: "bob", UnifiedApi: "crm", ServiceId: "copper"})
	expect(t, err, codes.NotFound)
}

// under are the connections as a process sees them that has a file of the operator's.
func (w *world) under(file string) connectionvaultv1.ConnectionServiceClient {
	w.t.Helper()
	deps := w.deps
	var err error
	if deps.Catalog, err = catalog.Load(file); err != nil {
		w.t.Fatal(err)
	}
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: connectionvault.Accepts}
	local := rpc.NewLocal(door.Unary)
	connectionvault.New(deps).RegisterPublic(local)
	return connectionvaultv1.NewConnectionServiceClient(local)
}

// TestNothingIsRefreshedFor connections that may not be used, not even to validate them.
func TestNothingIsRefreshedFor(t *testing.T) {
	for name, tt := range map[string]struct {
		end   func(*flow)
		state string
	}{
		"one that is switched off": {func(f *flow) {
			_, err := f.process.connections.UpdateConnection(f.app, &connectionvaultv1.UpdateConnectionRequest{
				ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator", Enabled: new(false),
			})
			expect(f.t, err, codes.OK)
		}, "authorized"},
		"one whose application has switched the service off": {func(f *flow) {
			f.integrate(&connectionvaultv1.NewIntegration{ServiceId: "rotator", ClientId: "client", ClientSecret: oauthSecret, Disabled: true})
		}, "authorized"},
		"one that was revoked": {func(f *flow) {
			_, err := f.process.browser.BeginRevocation(f.t.Context(), f.revocation("ann", "rotator"))
			expect(f.t, err, codes.OK)
		}, "added"},
		"one that was never authorized": {func(f *flow) {
			_, err := f.process.connections.DeleteConnection(f.app, &connectionvaultv1.DeleteConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator"})
			expect(f.t, err, codes.OK)
			f.enter("rotator", `{"note":"x"}`)
		}, "added"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFlow(t)
			f.authorize("ann", "rotator")
			tt.end(f)
			before, _ := f.provider.seen()
			r, err := f.process.connections.ValidateConnection(f.app, &connectionvaultv1.ValidateConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator"})
			if err != nil || r.GetState() != tt.state {
				t.Errorf("got %v, %v, want %s", r, err, tt.state)
			}
			_, err = f.token(f.reader, "ann", "rotator")
			expect(t, err, codes.FailedPrecondition)
			if after, _ := f.provider.seen(); after != before {
				t.Error("the provider was asked")
			}
		})
	}
}

// integrate sets how shop integrates a service.
func (f *flow) integrate(n *connectionvaultv1.NewIntegration) {
	f.t.Helper()
	_, err := f.process.operator.SetIntegration(f.t.Context(), &connectionvaultv1.SetIntegrationRequest{Tenant: acme, ApplicationId: "shop", Integration: n})
	expect(f.t, err, codes.OK)
}
