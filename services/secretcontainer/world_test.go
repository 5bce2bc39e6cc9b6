package secretcontainer_test

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

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/operations"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table/tabletest"
	"github.com/holdplane/holdplane/services/identity"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, // the PostgreSQL that all tests share ends with the binary
		goleak.IgnoreAnyFunction("github.com/holdplane/holdplane/internal/servers.(*Server).start.func1"))
}

// acme is the project that tests are about, rival another.
const (
	acme  = "acme"
	rival = "rival"
)

// world is an installation of identity and secret-container, on sealed stores in memory. Each
// credential is checked anew, so changes bite at once.
type world struct {
	t        testing.TB
	store    *sealedkv.Store
	internal *rpc.Local // as the operator
	public   *rpc.Local // through the door
	access   identityv1.AccessServiceClient
	service  *secretcontainer.Service

	secrets         secretcontainerv1.SecretServiceClient
	metadata        secretcontainerv1.MetadataServiceClient
	acls            secretcontainerv1.AclServiceClient
	secretConsumers secretcontainerv1.SecretConsumerServiceClient
	containers      secretcontainerv1.ContainerServiceClient
	consumers       secretcontainerv1.ConsumerServiceClient
	orders          secretcontainerv1.OrderServiceClient
	quotas          secretcontainerv1.QuotaServiceClient
	keyManager      secretcontainerv1.KeyManagerServiceClient
	operator        secretcontainerv1.OperatorServiceClient
}

var validator = sync.OnceValues(rpc.NewValidator)

// newWorld is one whose background work runs.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := newIdleWorld(t)
	w.run(w.service.Run)
	return w
}

// newIdleWorld is one where nothing happens in secret-container's background.
func newIdleWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOn(t, memkv.New())
}

// newWorldOn is an idle one whose secret-container keeps its data in a store.
func newWorldOn(t testing.TB, inner kv.Store) *world {
	t.Helper()
	check, err := validator()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, internal: rpc.NewLocal(auth.AsOperator, check.Unary)}
	w.access = identityv1.NewAccessServiceClient(w.internal)
	store := openStore(t, identity.Name, memkv.New())
	known := identity.New(identity.Deps{
		Store: store, Blind: store.Indexer(), Cursors: page.New(store.Sealer("cursors")),
		Limits: memlimit.New(memlimit.Options{}), Log: slog.New(slog.DiscardHandler),
		Data: map[string]operationsv1.TenantDataServiceClient{secretcontainer.Name: operationsv1.NewTenantDataServiceClient(w.internal)},
	})
	t.Cleanup(func() { tabletest.Whole(t, store, known.Tables()) })
	known.RegisterInternal(w.internal)
	w.run(known.Run)

	w.store = openStore(t, secretcontainer.Name, inner)
	w.service = secretcontainer.New(secretcontainer.Deps{
		Store: w.store, Blind: w.store.Indexer(), Cursors: page.New(w.store.Sealer("cursors")),
		Tenants: identityv1.NewTenantServiceClient(w.internal), Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { tabletest.Whole(t, w.store, w.service.Tables()) })
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: secretcontainer.Accepts}
	w.public = rpc.NewLocal(door.Unary, check.Unary)
	w.service.RegisterPublic(w.public)
	w.service.RegisterInternal(w.internal)
	operations.New(operations.Store{
		Name: secretcontainer.Name, KV: w.store, Tables: w.service.Tables(), Audit: w.service.Audit(),
		Cursors: page.New(w.store.Sealer("audits")), Destroy: sealedkv.DestroyTenant, Leave: w.service.Leave,
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

func (w *world) connect() {
	w.secrets = secretcontainerv1.NewSecretServiceClient(w.public)
	w.metadata = secretcontainerv1.NewMetadataServiceClient(w.public)
	w.acls = secretcontainerv1.NewAclServiceClient(w.public)
	w.secretConsumers = secretcontainerv1.NewSecretConsumerServiceClient(w.public)
	w.containers = secretcontainerv1.NewContainerServiceClient(w.public)
	w.consumers = secretcontainerv1.NewConsumerServiceClient(w.public)
	w.orders = secretcontainerv1.NewOrderServiceClient(w.public)
	w.quotas = secretcontainerv1.NewQuotaServiceClient(w.public)
	w.keyManager = secretcontainerv1.NewKeyManagerServiceClient(w.public)
	w.operator = secretcontainerv1.NewOperatorServiceClient(w.internal)
}

func openStore(t testing.TB, service string, inner kv.Store) *sealedkv.Store {
	t.Helper()
	master, err := seal.CreateMasterFile(filepath.Join(t.TempDir(), "master"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sealedkv.Open(t.Context(), inner, sealedkv.Options{Service: service, Master: master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func (w *world) run(service func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	})
}

// user is a context with a Keystone session of a user who has roles in a project.
func (w *world) user(of, id string, roles ...string) context.Context {
	w.t.Helper()
	permissions := make([]string, len(roles))
	for i, role := range roles {
		permissions[i] = "openstack." + role
	}
	_, err := w.access.PutSubject(w.t.Context(), &identityv1.PutSubjectRequest{
		Tenant: of, Id: id, Enabled: true, Permissions: permissions, Epoch: 1, Version: 1,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := w.access.IssueSession(w.t.Context(), &identityv1.IssueSessionRequest{
		Tenant: of, Subject: id, Kind: identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION,
		Audience: "keystone", TtlMs: time.Hour.Milliseconds(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return metadata.NewOutgoingContext(w.t.Context(), metadata.Pairs("authorization", "Bearer "+r.GetAccessToken()))
}

// keep makes a secret with a text for payload, and returns its id.
func (w *world) keep(ctx context.Context, name, text string) string {
	w.t.Helper()
	r, err := w.secrets.CreateSecret(ctx, &secretcontainerv1.CreateSecretRequest{
		Name: &name, Payload: []byte(text), PayloadContentType: "text/plain",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetSecretId()
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
