package connectionvault_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// TestSwitchedOffMeanwhile has the application change while a browser is on its way.
func TestSwitchedOffMeanwhile(t *testing.T) {
	off := &connectionvaultv1.NewIntegration{ServiceId: "rotator", ClientId: "client", ClientSecret: oauthSecret, Disabled: true}
	for name, tt := range map[string]struct {
		end  func(*flow)
		code string
	}{
		"switched off": {func(f *flow) { f.integrate(off) }, "invalid_request"},
		"removed": {func(f *flow) {
			_, err := f.process.operator.RemoveIntegration(f.t.Context(), &connectionvaultv1.RemoveIntegrationRequest{Tenant: acme, ApplicationId: "shop", ServiceId: "rotator"})
			expect(f.t, err, codes.OK)
		}, "unauthorized_client"},
		"without its client": {func(f *flow) { f.integrate(&connectionvaultv1.NewIntegration{ServiceId: "rotator"}) }, "unauthorized_client"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFlow(t)
			link := &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: f.link("ann", "rotator"), Cookie: "kept"}
			back := f.back(f.begin("ann", "rotator"))
			tt.end(f)
			if to := f.end(back); to.Host != "app.example.com" || to.Query().Get("error") != tt.code {
				t.Errorf("back: the browser goes to %s, want %s", to, tt.code)
			}
			begun, err := f.process.browser.BeginAuthorization(t.Context(), link)
			if name == "removed" {
				expect(t, err, codes.NotFound)
			} else if to, _ := url.Parse(begun.GetLocation()); err != nil || to.Host != "app.example.com" || to.Query().Get("error") != tt.code || begun.GetCookie() != "kept" {
				t.Errorf("begun: got %v, %v, want %s", begun, err, tt.code)
			}
			if n, _ := f.provider.seen(); n != 0 {
				t.Error("the provider was asked for a token")
			}
		})
	}
}

func TestScopesOfTheApplicationComeFirst(t *testing.T) {
	f := newFlow(t)
	f.integrate(&connectionvaultv1.NewIntegration{ServiceId: "commas", ClientId: "client", ClientSecret: oauthSecret, Scopes: []string{"own", "more"}})
	u, err := url.Parse(f.begin("ann", "commas").GetLocation())
	if err != nil || u.Query().Get("scope") != "own,more" {
		t.Errorf("the provider is asked %v, %v", u, err)
	}
	f.integrate(&connectionvaultv1.NewIntegration{ServiceId: "person", ClientId: "client", ClientSecret: oauthSecret, Scopes: []string{"all", "offline"}})
	f.enter("person", `{"username":"ann","password":"p4ss"}`)
	_, err = f.grant("person")
	expect(t, err, codes.OK)
	if _, asked := f.provider.seen(); asked.Get("scope") != "all offline" {
		t.Errorf("the provider was asked %v", asked)
	}
}

// TestAllowedAddresses are reached by the connectors whose files name them, and no others.
func TestAllowedAddresses(t *testing.T) {
	f := newFlow(t, func(r *connectionvaultv1.AddApplicationRequest) {
		for _, service := range []string{"allowed", "neighbour"} {
			r.Integrations = append(r.Integrations, &connectionvaultv1.NewIntegration{ServiceId: service, ClientId: "client", ClientSecret: oauthSecret})
		}
	})
	at := netip.MustParseAddr("10.1.2.3")
	f.outside.Name("inner.example.com", []netip.Addr{at})
	f.outside.Serve(t, netip.AddrPortFrom(at, 443), http.HandlerFunc(f.provider.ServeHTTP))
	for service, want := range map[string]codes.Code{"allowed": codes.OK, "neighbour": codes.InvalidArgument} {
		f.enter(service, `{"username":"ann","password":"p4ss"}`)
		_, err := f.grant(service)
		expect(t, err, want)
		if got := fault.From(err); err != nil && got.Reason != "ADDRESS_FORBIDDEN" {
			t.Errorf("%s: got %v", service, err)
		}
	}
}

// TestADeletedConsumerDoesNotComeBack with a browser that was on its way.
func TestADeletedConsumerDoesNotComeBack(t *testing.T) {
	f := newFlow(t)
	back, bobs := f.back(f.begin("ann", "rotator")), f.back(f.begin("bob", "rotator"))
	f.enter("rotator", `{"note":"x"}`) // makes ann known
	_, err := connectionvaultv1.NewConsumerServiceClient(f.public).DeleteConsumer(f.app, &connectionvaultv1.DeleteConsumerRequest{ApplicationId: "shop", ConsumerId: "ann"})
	expect(t, err, codes.OK)
	_, err = f.process.browser.EndAuthorization(t.Context(), back)
	expect(t, err, codes.InvalidArgument)
	if to := f.end(bobs); to.String() != done {
		t.Errorf("bob's browser goes to %s", to)
	}
}

// TestImportedTokensEnd when they are said to.
func TestImportedTokensEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t)
		_, err := f.process.connections.ImportConnection(f.app, &connectionvaultv1.ImportConnectionRequest{
			ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator",
			Credentials: &connectionvaultv1.ImportedCredentials{AccessToken: new("imported"), ExpiresIn: new(int64(600))},
		})
		expect(t, err, codes.OK)
		time.Sleep(9 * time.Minute)
		f.wantToken(f.process, "imported")
		time.Sleep(time.Minute + time.Second)
		f.wantNone(f.process, codes.FailedPrecondition, "CONNECTION_STATE")
	})
}

// TestPermissionsOpenAll of a tenant's applications.
func TestPermissionsOpenAll(t *testing.T) {
	w, _ := newShop(t, "copper")
	r, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: acme, Permissions: []string{"vault.everything"}})
	expect(t, err, codes.OK)
	if got := w.valid(r.GetSecret()); !got[0] {
		t.Error("it does not open an application")
	}
	_, err = w.connections.ListConnections(withKey(t, r.GetSecret()), &connectionvaultv1.ListConnectionsRequest{ApplicationId: "nothing"})
	expect(t, err, codes.Unauthenticated)
	_, err = w.connections.ListConnections(w.rootKey(rival, "vault.everything"), &connectionvaultv1.ListConnectionsRequest{ApplicationId: shop})
	expect(t, err, codes.Unauthenticated)
}
