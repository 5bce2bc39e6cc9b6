package identity

import (
	"context"
	"log/slog"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/memo"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/table"
)

// Name is the service's name in flags, logs and stores.
const Name = "identity"

// Deps is what the service needs.
type Deps struct {
	// Store keeps the service's records.
	Store kv.Store
	// Blind hides index values; it belongs to Store.
	Blind table.Blinder
	// Cursors makes the cursors of lists.
	Cursors *page.Codec
	// Limits counts what rate limits and the addresses of strangers admit.
	Limits ratelimit.Limiter
	// Counters says what Limits counts in: "redis", or "memory" when empty.
	Counters string
	// Credentials is called after every change to what credentials can do, so that this
	// process forgets what it remembers. May be nil.
	Credentials func()
	// Data reaches the stores of a deleted tenant by service name, this one's included.
	Data map[string]operationsv1.TenantDataServiceClient
	// Log gets what goes wrong in the background.
	Log *slog.Logger
}

// Service is the identity service.
type Service struct {
	deps   Deps
	tables tables

	// What verifying keys remembers.
	verifiables *memo.Cache[auth.Digest, *verifiable]
	strangers   strangers
	purse       *purse
	// What counting requests remembers.
	knownNamespaces knownNamespaces
}

// New returns the service. Run does its background work.
func New(d Deps) *Service {
	if d.Credentials == nil {
		d.Credentials = func() {}
	}
	s := &Service{
		deps: d, tables: newTables(d.Blind),
		verifiables: newKnownKeys(), strangers: newStrangers(d.Limits), knownNamespaces: newKnownNamespaces(),
	}
	s.purse = newPurse(d.Store, &s.tables)
	return s
}

// RegisterPublic adds what callers with a credential reach.
func (s *Service) RegisterPublic(r grpc.ServiceRegistrar) {
	identityv1.RegisterIdentityServiceServer(r, identities{s: s})
	identityv1.RegisterLivenessServiceServer(r, liveness{s: s})
	identityv1.RegisterRatelimitServiceServer(r, ratelimits{s: s})
	identityv1.RegisterApiServiceServer(r, apis{s: s})
	identityv1.RegisterKeyServiceServer(r, keys{s: s})
	identityv1.RegisterPermissionServiceServer(r, permissions{s: s})
	identityv1.RegisterMigrationServiceServer(r, migrations{s: s})
	identityv2.RegisterIdentityServiceServer(r, identitiesV2{s: s})
	identityv2.RegisterLivenessServiceServer(r, livenessV2{s: s})
	identityv2.RegisterRatelimitServiceServer(r, ratelimitsV2{s: s})
	identityv2.RegisterApiServiceServer(r, apisV2{s: s})
	identityv2.RegisterKeyServiceServer(r, keysV2{s: s})
	identityv2.RegisterPermissionServiceServer(r, permissionsV2{s: s})
}

// RegisterInternal adds what services and the operator reach.
func (s *Service) RegisterInternal(r grpc.ServiceRegistrar) {
	identityv1.RegisterAccessServiceServer(r, access{s: s})
	identityv1.RegisterTenantServiceServer(r, tenants{s: s})
	identityv1.RegisterImportServiceServer(r, imports{s: s})
	identityv1.RegisterApiAdminServiceServer(r, apiAdmin{s: s})
}

// Tables are all tables of the service's store.
func (s *Service) Tables() table.Set { return s.tables.set() }

// Audit is the service's audit log.
func (s *Service) Audit() *audit.Log { return s.tables.audit }

// Run sweeps the store and empties its outbox until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return s.Tables().Sweep(ctx, s.deps.Store, s.deps.Log) })
	work.Go(func() error {
		return s.tables.outbox.Run(ctx, s.deps.Store, map[string]outbox.Handler{
			topicDeleteTenant: s.deleteTenantData,
			topicDeleteAPI:    s.deleteAPIKeys,
		}, s.deps.Log)
	})
	return work.Wait()
}
