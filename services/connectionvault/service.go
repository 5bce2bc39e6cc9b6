package connectionvault

import (
	"context"
	"log/slog"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant/roster"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// Name is the service's name in flags, files and stores.
const Name = "connection-vault"

// Deps is what the service is made of. Fields are required unless they say otherwise.
type Deps struct {
	Store kv.Store
	// Blind hides index values.
	Blind table.Blinder
	// Cursors seals the cursors of lists.
	Cursors *page.Codec
	// States seals what browsers say whose connection they are about by. Processes share it.
	States seal.AEAD
	// Access is identity's, on the internal listener.
	Access identityv1.AccessServiceClient
	// Tenants is identity's, on the internal listener.
	Tenants identityv1.TenantServiceClient
	// Catalog describes the services that can be integrated.
	Catalog *catalog.Catalog
	// Egress says where calls to providers and webhooks may go. Connectors whose files allow
	// addresses add those for themselves.
	Egress egress.Options
	// PublicURL is the address clients know the gateway by, without a slash at its end.
	PublicURL string
	// Log gets what goes wrong in the background.
	Log *slog.Logger
}

// Service is the connection-vault service. It is a prometheus.Collector.
type Service struct {
	deps       Deps
	tables     tables
	tenants    roster.Roster
	outside    *outside
	faces      map[string]*face // by service
	integrated integrated
	recorder   *recorder
	refreshes  refreshes
	pace       *pace
}

// New returns the service. Run does its background work.
func New(d Deps) *Service {
	return &Service{
		deps: d, tables: newTables(d.Blind), outside: newOutside(d.Egress, d.Catalog), faces: newFaces(d.Catalog),
		tenants: roster.Roster{Tenants: d.Tenants, Store: d.Store}, integrated: newIntegrated(), recorder: newRecorder(), pace: newPace(),
	}
}

// Accepts tells what opens the service's methods: keys, and consumers' sessions.
func Accepts(method string) []auth.Credential {
	return []auth.Credential{{Kind: auth.KindRootKey}, {Kind: auth.KindSignedSession, Audience: audience}}
}

// RegisterPublic adds what callers with a credential, and some without, reach.
func (s *Service) RegisterPublic(r grpc.ServiceRegistrar) {
	logged := recorded{r, s}
	connectionvaultv1.RegisterConnectionServiceServer(logged, connections{s: s})
	connectionvaultv1.RegisterResourceServiceServer(logged, resources{s: s})
	connectionvaultv1.RegisterConsentServiceServer(logged, consents{s: s})
	connectionvaultv1.RegisterSessionServiceServer(logged, sessions{s: s})
	connectionvaultv1.RegisterConsumerServiceServer(logged, customers{s: s})
	connectionvaultv1.RegisterLogServiceServer(logged, logs{s: s})
	connectionvaultv1.RegisterConnectorServiceServer(r, connectors{s: s})
	connectionvaultv1.RegisterWebhookServiceServer(logged, webhooks{s: s})
	connectionvaultv1.RegisterTokenServiceServer(r, tokens{s: s})
	connectionvaultv1.RegisterBrowserServiceServer(r, browser{s: s})
}

// RegisterInternal adds what the operator reaches.
func (s *Service) RegisterInternal(r grpc.ServiceRegistrar) {
	connectionvaultv1.RegisterOperatorServiceServer(r, operator{s: s})
}

// Tables are all tables of the service's store.
func (s *Service) Tables() table.Set { return s.tables.set() }

// Audit is the service's audit log.
func (s *Service) Audit() *audit.Log { return s.tables.audit }

// Run sweeps the store, empties its outboxes and refreshes tokens until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	defer s.outside.close()
	work.Go(func() error { return s.Tables().Sweep(ctx, s.deps.Store, s.deps.Log) })
	work.Go(func() error { return s.record(ctx) })
	work.Go(func() error { return s.tables.outbox.Run(ctx, s.deps.Store, s.handlers(), s.deps.Log) })
	work.Go(func() error { return s.tables.deliveries.Run(ctx, s.deps.Store, s.deliverers(), s.deps.Log) })
	return work.Wait()
}
