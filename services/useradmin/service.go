package useradmin

import (
	"context"
	"log/slog"
	"strings"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant/roster"
)

// Name is the service's name in flags, files and stores.
const Name = "user-admin"

// The audiences of the sessions that this service has issued.
const (
	AudienceContabo  = "contabo"
	AudienceKeystone = "keystone"
)

// Deps is what the service is made of. Fields are required unless they say otherwise.
type Deps struct {
	Store kv.Store
	// Blind hides index values.
	Blind table.Blinder
	// Cursors seals the cursors of the operator's lists.
	Cursors *page.Codec
	// Access is identity's, on the internal listener.
	Access identityv1.AccessServiceClient
	// Tenants is identity's, on the internal listener.
	Tenants identityv1.TenantServiceClient
	// Limits counts failed logins, and uses of mailed links, by address.
	Limits ratelimit.Limiter
	// Passwords hashes passwords.
	Passwords *password.Pool
	// Storages are the drivers of object storages by name.
	Storages map[string]objectstorage.Driver
	// Mail sends mail. When nil none can be sent.
	Mail mail.Sender
	// PublicURL is the address clients know the gateway by, without a slash at its end, for
	// links in mails and the issuer of tokens. When empty no mail can be sent.
	PublicURL string
	// Log gets what goes wrong in the background.
	Log *slog.Logger
}

// Service is the user-admin service.
type Service struct {
	deps    Deps
	tables  tables
	tenants roster.Roster
	guard   *guard
	pauses  *pauses
}

// New returns the service. Run does its background work.
func New(d Deps) *Service {
	return &Service{
		deps: d, tables: newTables(d.Blind), tenants: roster.Roster{Tenants: d.Tenants, Store: d.Store},
		guard: newGuard(), pauses: newPauses(),
	}
}

// Accepts tells what opens the service's methods: root keys open all, users' sessions those
// of the product they were issued for.
func Accepts(method string) []auth.Credential {
	session := auth.Credential{Kind: auth.KindSignedSession, Audience: AudienceContabo}
	if strings.HasPrefix(method, "/"+useradminv1.KeystoneService_ServiceDesc.ServiceName+"/") ||
		strings.HasPrefix(method, "/"+useradminv1.ApplicationCredentialService_ServiceDesc.ServiceName+"/") {
		session = auth.Credential{Kind: auth.KindOpaqueSession, Audience: AudienceKeystone}
	}
	return []auth.Credential{{Kind: auth.KindRootKey}, session}
}

// RegisterPublic adds what callers with a credential, and some without, reach.
func (s *Service) RegisterPublic(r grpc.ServiceRegistrar) {
	useradminv1.RegisterUserServiceServer(r, users{s: s})
	useradminv1.RegisterRoleServiceServer(r, roles{s: s})
	useradminv1.RegisterHistoryServiceServer(r, history{s: s})
	useradminv1.RegisterClientServiceServer(r, clients{s: s})
	useradminv1.RegisterObjectStorageServiceServer(r, storages{s: s})
	useradminv1.RegisterCredentialServiceServer(r, credentials{s: s})
	useradminv1.RegisterTokenServiceServer(r, tokens{s: s})
	useradminv1.RegisterKeystoneServiceServer(r, keystone{s: s})
	useradminv1.RegisterApplicationCredentialServiceServer(r, appCredentials{s: s})
	useradminv1.RegisterLinkServiceServer(r, links{s: s})
}

// RegisterInternal adds what the operator reaches.
func (s *Service) RegisterInternal(r grpc.ServiceRegistrar) {
	useradminv1.RegisterOperatorServiceServer(r, operator{s: s})
}

// Tables are all tables of the service's store.
func (s *Service) Tables() table.Set { return s.tables.set() }

// Audit is the service's audit log.
func (s *Service) Audit() *audit.Log { return s.tables.audit }

// Run sweeps the store and empties its outboxes until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return s.Tables().Sweep(ctx, s.deps.Store, s.deps.Log) })
	work.Go(func() error {
		return s.tables.urgent.Run(ctx, s.deps.Store, map[string]outbox.Handler{
			topicSubject:    s.deliverSubject,
			topicRevocation: s.deliverRevocation,
		}, s.deps.Log)
	})
	work.Go(func() error {
		return s.tables.outbox.Run(ctx, s.deps.Store, map[string]outbox.Handler{
			topicRole: s.deliverRole,
		}, s.deps.Log)
	})
	work.Go(func() error {
		return s.tables.principals.Run(ctx, s.deps.Store, map[string]outbox.Handler{
			topicPush: s.deliverPush,
			topicLast: s.deliverLast,
			topicRun:  s.deliverRun,
			topicEnd:  s.deliverEnd,
		}, s.deps.Log)
	})
	work.Go(func() error {
		return s.tables.mails.Run(ctx, s.deps.Store, map[string]outbox.Handler{topicMail: s.deliverMail}, s.deps.Log)
	})
	return work.Wait()
}
