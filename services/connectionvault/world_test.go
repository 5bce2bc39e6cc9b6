package connectionvault_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/egress/egresstest"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/operations"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table/tabletest"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
	"github.com/holdplane/holdplane/services/identity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// acme is the project that tests are about, rival another.
const (
	acme  = "acme"
	rival = "rival"
)

// world is an installation of identity and connection-vault, on sealed stores in memory. Each
// credential is checked anew, so changes bite at once.
type world struct {
	t        testing.TB
	store    *sealedkv.Store
	internal *rpc.Local // as the operator
	public   *rpc.Local // through the door
	access   identityv1.AccessServiceClient
	service  *connectionvault.Service
	deps     connectionvault.Deps
	outside  *egresstest.Internet // what is outside

	working []func(context.Context) error // what works in the background
	stops   []func()

	connections connectionvaultv1.ConnectionServiceClient
	resources   connectionvaultv1.ResourceServiceClient
	consents    connectionvaultv1.ConsentServiceClient
	sessions    connectionvaultv1.SessionServiceClient
	customers   connectionvaultv1.ConsumerServiceClient
	logs        connectionvaultv1.LogServiceClient
	connectors  connectionvaultv1.ConnectorServiceClient
	webhooks    connectionvaultv1.WebhookServiceClient
	tokens      connectionvaultv1.TokenServiceClient
	browser     connectionvaultv1.BrowserServiceClient
	operator    connectionvaultv1.OperatorServiceClient
}

var validator = sync.OnceValues(rpc.NewValidator)

// newWorld is one whose background work runs.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := newIdleWorld(t)
	w.run(w.service.Run)
	return w
}

// newIdleWorld is one where nothing happens in connection-vault's background. Its catalog is
// what is shipped, and files.
func newIdleWorld(t testing.TB, files ...string) *world {
	t.Helper()
	check, err := validator()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, internal: rpc.NewLocal(auth.AsOperator, check.Unary)}
	w.access = identityv1.NewAccessServiceClient(w.internal)
	store := openStore(t, identity.Name)
	known := identity.New(identity.Deps{
		Store: store, Blind: store.Indexer(), Cursors: page.New(store.Sealer("cursors")),
		Limits: memlimit.New(memlimit.Options{}), Log: slog.New(slog.DiscardHandler),
		Data: map[string]operationsv1.TenantDataServiceClient{connectionvault.Name: operationsv1.NewTenantDataServiceClient(w.internal)},
	})
	t.Cleanup(func() { tabletest.Whole(t, store, known.Tables()) })
	known.RegisterInternal(w.internal)
	w.run(known.Run)

	w.store = openStore(t, connectionvault.Name)
	shipped, err := catalog.Load(files...)
	if err != nil {
		t.Fatal(err)
	}
	w.outside = egresstest.New(t)
	w.deps = connectionvault.Deps{
		Store: w.store, Blind: w.store.Indexer(), Cursors: page.New(w.store.Sealer("cursors")),
		States: w.store.Sealer("states"),
		Access: w.access, Tenants: identityv1.NewTenantServiceClient(w.internal), Catalog: shipped, Egress: w.outside.Options(),
		PublicURL: "https://plane.example.com", Log: slog.New(slog.DiscardHandler),
	}
	w.service = connectionvault.New(w.deps)
	t.Cleanup(func() { tabletest.Whole(t, w.store, w.service.Tables()) })
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: connectionvault.Accepts}
	w.public = rpc.NewLocal(door.Unary, check.Unary)
	w.service.RegisterPublic(w.public)
	w.service.RegisterInternal(w.internal)
	operations.New(operations.Store{
		Name: connectionvault.Name, KV: w.store, Tables: w.service.Tables(), Audit: w.service.Audit(),
		Cursors: page.New(w.store.Sealer("audits")), Destroy: sealedkv.DestroyTenant,
	}).Register(w.internal)
	w.connect()
	for _, name := range []string{acme, rival} {
		_, err := identityv1.NewTenantServiceClient(w.internal).CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: name})
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// addApp makes an application with integrations, and returns a context with its key.
func (w *world) addApp(of, name string, integrations ...*connectionvaultv1.NewIntegration) context.Context {
	w.t.Helper()
	r, err := w.operator.AddApplication(w.t.Context(), &connectionvaultv1.AddApplicationRequest{
		Tenant: of, Id: name, Name: name, RedirectUris: []string{"https://app.example.com/done"}, Integrations: integrations,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return metadata.NewOutgoingContext(w.t.Context(), metadata.Pairs("authorization", "Bearer "+r.GetApiKey()))
}

func (w *world) connect() {
	w.connections = connectionvaultv1.NewConnectionServiceClient(w.public)
	w.resources = connectionvaultv1.NewResourceServiceClient(w.public)
	w.consents = connectionvaultv1.NewConsentServiceClient(w.public)
	w.sessions = connectionvaultv1.NewSessionServiceClient(w.public)
	w.customers = connectionvaultv1.NewConsumerServiceClient(w.public)
	w.logs = connectionvaultv1.NewLogServiceClient(w.public)
	w.connectors = connectionvaultv1.NewConnectorServiceClient(w.public)
	w.webhooks = connectionvaultv1.NewWebhookServiceClient(w.public)
	w.tokens = connectionvaultv1.NewTokenServiceClient(w.public)
	w.browser = connectionvaultv1.NewBrowserServiceClient(w.public)
	w.operator = connectionvaultv1.NewOperatorServiceClient(w.internal)
}

func openStore(t testing.TB, service string) *sealedkv.Store {
	t.Helper()
	master, err := seal.CreateMasterFile(filepath.Join(t.TempDir(), "master"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sealedkv.Open(t.Context(), memkv.New(), sealedkv.Options{Service: service, Master: master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// run has a service work in the background until the test ends, or the world rests.
func (w *world) run(service func(context.Context) error) {
	w.working = append(w.working, service)
	w.t.Cleanup(w.start(service))
}

// start returns what stops it; stopping it twice does no harm.
func (w *world) start(service func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service(ctx) }()
	end := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	})
	w.stops = append(w.stops, end)
	return end
}

// rest has nothing work in the background for a while: processes that are down. Days pass
// quickly then.
func (w *world) rest(d time.Duration) {
	for _, stop := range w.stops {
		stop()
	}
	w.stops = nil
	time.Sleep(d)
	for _, service := range w.working {
		w.t.Cleanup(w.start(service))
	}
}

// expect checks the code of an error; OK for none.
func expect(t testing.TB, err error, want codes.Code) {
	t.Helper()
	got := codes.OK
	if err != nil {
		got = fault.From(err).Code
	}
	if got != want {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
}
