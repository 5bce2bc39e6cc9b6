package secretcontainer

import (
	"context"
	"log/slog"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
	"github.com/holdplane/holdplane/pkg/tenant/roster"
)

// Name is the service's name in flags, files and stores.
const Name = "secret-container"

// audience is that of the sessions which open the service: user-admin issues them to
// OpenStack's clients.
const audience = "keystone"

// Deps is what the service is made of.
type Deps struct {
	Store kv.Store
	// Blind hides index values.
	Blind table.Blinder
	// Cursors seals the cursors of the operator's lists.
	Cursors *page.Codec
	// Tenants is identity's, on the internal listener.
	Tenants identityv1.TenantServiceClient
	// Log gets what goes wrong in the background.
	Log *slog.Logger
}

// Service is the secret-container service.
type Service struct {
	deps    Deps
	tables  tables
	tenants roster.Roster
	byName  *consumerOrder
	keys    keyMaker
}

// New returns the service. Run does its background work.
func New(d Deps) *Service {
	return &Service{
		deps: d, tables: newTables(d.Blind), tenants: roster.Roster{Tenants: d.Tenants, Store: d.Store},
		byName: newConsumerOrder(defaultBounds), keys: newKeyMaker(),
	}
}

// Accepts tells what opens the service's methods: root keys, and sessions of OpenStack's
// clients.
func Accepts(string) []auth.Credential {
	return []auth.Credential{{Kind: auth.KindRootKey}, {Kind: auth.KindOpaqueSession, Audience: audience}}
}

// RegisterPublic adds what callers with a credential, and some without, reach.
func (s *Service) RegisterPublic(r grpc.ServiceRegistrar) {
	secretcontainerv1.RegisterSecretServiceServer(r, secrets{s: s})
	secretcontainerv1.RegisterMetadataServiceServer(r, metadata{s: s})
	secretcontainerv1.RegisterAclServiceServer(r, acls{s: s})
	secretcontainerv1.RegisterSecretConsumerServiceServer(r, secretConsumers{s: s})
	secretcontainerv1.RegisterContainerServiceServer(r, containers{s: s})
	secretcontainerv1.RegisterConsumerServiceServer(r, consumers{s: s})
	secretcontainerv1.RegisterOrderServiceServer(r, orders{s: s})
	secretcontainerv1.RegisterQuotaServiceServer(r, quotas{s: s})
	secretcontainerv1.RegisterKeyManagerServiceServer(r, keyManager{s: s})
}

// RegisterInternal adds what the operator reaches.
func (s *Service) RegisterInternal(r grpc.ServiceRegistrar) {
	secretcontainerv1.RegisterOperatorServiceServer(r, operator{s: s})
}

// Tables are all tables of the service's store.
func (s *Service) Tables() table.Set { return s.tables.set() }

// Audit is the service's audit log.
func (s *Service) Audit() *audit.Log { return s.tables.audit }

// Leave forgets what the installation has set for a tenant.
func (s *Service) Leave(ctx context.Context, of tenant.ID) error {
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error { return s.tables.dropQuota(tx, string(of)) })
}

// Run sweeps the store and empties its outboxes until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return s.Tables().Sweep(ctx, s.deps.Store, s.deps.Log) })
	work.Go(func() error {
		return s.tables.outbox.Run(ctx, s.deps.Store, map[string]outbox.Handler{topicLeftovers: s.removeLeftovers}, s.deps.Log)
	})
	work.Go(func() error {
		return s.tables.pairs.Run(ctx, s.deps.Store, map[string]outbox.Handler{topicOrder: s.makeOrder}, s.deps.Log)
	})
	return work.Wait()
}
