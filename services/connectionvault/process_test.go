package connectionvault_test

import (
	"context"
	"log/slog"
	"net/url"
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// done is an address of the application's.
const done = "https://app.example.com/done"

// process is a process of connection-vault on the world's store, whose catalog has the
// connectors of testdata.
type process struct {
	service     *connectionvault.Service
	connections connectionvaultv1.ConnectionServiceClient
	sessions    connectionvaultv1.SessionServiceClient
	tokens      connectionvaultv1.TokenServiceClient
	browser     connectionvaultv1.BrowserServiceClient
	operator    connectionvaultv1.OperatorServiceClient
}

// process starts one, on the world's store or on one around it.
func (w *world) process(store kv.Store, log slog.Handler) *process {
	w.t.Helper()
	return w.processAt(store, log, "https://plane.example.com")
}

// processAt is one that clients know the gateway of by an address.
func (w *world) processAt(store kv.Store, log slog.Handler, publicURL string) *process {
	w.t.Helper()
	check, err := validator()
	if err != nil {
		w.t.Fatal(err)
	}
	all, err := catalog.Load("testdata/connectors")
	if err != nil {
		w.t.Fatal(err)
	}
	p := &process{service: connectionvault.New(connectionvault.Deps{
		Store: store, Blind: w.store.Indexer(), Cursors: page.New(w.store.Sealer("cursors")), States: w.store.Sealer("states"),
		Access: w.access, Tenants: identityv1.NewTenantServiceClient(w.internal), Catalog: all, Egress: w.outside.Options(),
		PublicURL: publicURL, Log: slog.New(log),
	})}
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: connectionvault.Accepts}
	public, internal := rpc.NewLocal(door.Unary, check.Unary), rpc.NewLocal(auth.AsOperator, check.Unary)
	p.service.RegisterPublic(public)
	p.service.RegisterInternal(internal)
	p.connections = connectionvaultv1.NewConnectionServiceClient(public)
	p.sessions = connectionvaultv1.NewSessionServiceClient(public)
	p.tokens = connectionvaultv1.NewTokenServiceClient(public)
	p.browser = connectionvaultv1.NewBrowserServiceClient(public)
	p.operator = connectionvaultv1.NewOperatorServiceClient(internal)
	return p
}

// flow is an application with connectors of testdata, and a provider for them.
type flow struct {
	*world
	*process
	provider *provider
	// app has the application's key, reader the permission for tokens.
	app, reader context.Context
}

func newFlow(t testing.TB, change ...func(*connectionvaultv1.AddApplicationRequest)) *flow {
	t.Helper()
	w := newIdleWorld(t)
	f := &flow{world: w, process: w.process(w.store, slog.DiscardHandler), provider: newProvider(t, w.outside)}
	r := &connectionvaultv1.AddApplicationRequest{Tenant: acme, Id: "shop", RedirectUris: []string{done, done + "?tab=1"}}
	for _, service := range []string{"rotator", "commas", "jason", "machine", "person", "inside"} {
		r.Integrations = append(r.Integrations, &connectionvaultv1.NewIntegration{ServiceId: service, ClientId: "client", ClientSecret: oauthSecret})
	}
	for _, c := range change {
		c(r)
	}
	added, err := f.process.operator.AddApplication(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	f.app = withKey(t, added.GetApiKey())
	f.reader = w.rootKey(acme, "vault.tokens.read")
	return f
}

// rootKey returns a context with a key of a tenant's.
func (w *world) rootKey(of string, permissions ...string) context.Context {
	w.t.Helper()
	r, err := w.access.CreateRootKey(w.t.Context(), &identityv1.CreateRootKeyRequest{Tenant: of, Permissions: permissions})
	if err != nil {
		w.t.Fatal(err)
	}
	return withKey(w.t, r.GetSecret())
}

// link is the state of a connection's authorize_url.
func (f *flow) link(consumer, service string) string {
	f.t.Helper()
	r, err := f.process.connections.GetConnection(f.app, &connectionvaultv1.GetConnectionRequest{
		ApplicationId: "shop", ConsumerId: consumer, UnifiedApi: "crm", ServiceId: service,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	u, err := url.Parse(r.GetConnection().GetAuthorizeUrl())
	if err != nil {
		f.t.Fatal(err)
	}
	return u.Query().Get("state")
}

// begin sends a browser to the provider.
func (f *flow) begin(consumer, service string) *connectionvaultv1.BeginAuthorizationResponse {
	f.t.Helper()
	r, err := f.process.browser.BeginAuthorization(f.t.Context(), &connectionvaultv1.BeginAuthorizationRequest{
		ServiceId: service, ApplicationId: "shop", State: f.link(consumer, service), Nonce: "n0nce",
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// back is what the browser brings back from the provider.
func (f *flow) back(b *connectionvaultv1.BeginAuthorizationResponse) *connectionvaultv1.EndAuthorizationRequest {
	f.t.Helper()
	state, code := f.provider.authorize(f.t, b.GetLocation())
	return &connectionvaultv1.EndAuthorizationRequest{State: state, Code: code, Cookie: b.GetCookie(), Iss: "https://" + providerHost}
}

// end has the browser come back, and returns where it goes.
func (f *flow) end(r *connectionvaultv1.EndAuthorizationRequest) *url.URL {
	f.t.Helper()
	ended, err := f.process.browser.EndAuthorization(f.t.Context(), r)
	if err != nil {
		f.t.Fatal(err)
	}
	u, err := url.Parse(ended.GetLocation())
	if err != nil {
		f.t.Fatal(err)
	}
	return u
}

// authorize connects a consumer.
func (f *flow) authorize(consumer, service string) *url.URL {
	f.t.Helper()
	return f.end(f.back(f.begin(consumer, service)))
}

// token asks for an access token.
func (p *process) token(ctx context.Context, consumer, service string) (*connectionvaultv1.GetAccessTokenResponse, error) {
	return p.tokens.GetAccessToken(ctx, &connectionvaultv1.GetAccessTokenRequest{
		ApplicationId: "shop", ConsumerId: consumer, UnifiedApi: "crm", ServiceId: service,
	})
}
