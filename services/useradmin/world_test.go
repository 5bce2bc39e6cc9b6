package useradmin_test

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
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/pkg/operations"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/password/passwordtest"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table/tabletest"
	"github.com/holdplane/holdplane/services/identity"
	"github.com/holdplane/holdplane/services/useradmin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// acme is the tenant that tests are about, rival another.
const (
	acme  = "acme"
	rival = "rival"
)

// goodPassword is one that may be set.
const goodPassword = "a long enough password"

// world is an installation of identity and user-admin, on sealed stores in memory. Each
// credential is checked anew, so changes bite at once.
type world struct {
	t        testing.TB
	store    *sealedkv.Store
	internal *rpc.Local // as the operator
	public   *rpc.Local // through the door
	access   identityv1.AccessServiceClient
	operator useradminv1.OperatorServiceClient
	users    useradminv1.UserServiceClient
	roles    useradminv1.RoleServiceClient
	service  *useradmin.Service
	stops    []context.CancelFunc // of background work
}

var validator = sync.OnceValues(rpc.NewValidator)

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldWith(t, func(*useradmin.Deps) {})
}

// newWorldWith has change say what is different about user-admin.
func newWorldWith(t testing.TB, change func(*useradmin.Deps)) *world {
	t.Helper()
	w := newIdleWorld(t, change)
	w.run(w.service.Run)
	return w
}

// newIdleWorld is one where nothing happens in user-admin's background.
func newIdleWorld(t testing.TB, change func(*useradmin.Deps)) *world {
	t.Helper()
	check, err := validator()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, internal: rpc.NewLocal(auth.AsOperator, check.Unary)}
	w.access = identityv1.NewAccessServiceClient(w.internal)
	w.operator = useradminv1.NewOperatorServiceClient(w.internal)

	store := openStore(t, identity.Name)
	known := identity.New(identity.Deps{
		Store: store, Blind: store.Indexer(), Cursors: page.New(store.Sealer("cursors")),
		Limits: memlimit.New(memlimit.Options{}), Log: slog.New(slog.DiscardHandler),
		Data: map[string]operationsv1.TenantDataServiceClient{useradmin.Name: operationsv1.NewTenantDataServiceClient(w.internal)},
	})
	t.Cleanup(func() { tabletest.Whole(t, store, known.Tables()) })
	known.RegisterInternal(w.internal)
	w.run(known.Run)

	w.store = openStore(t, useradmin.Name)
	w.service, w.public = w.idleProcess(change)
	t.Cleanup(func() { tabletest.Whole(t, w.store, w.service.Tables()) })
	w.service.RegisterInternal(w.internal)
	operations.New(operations.Store{
		Name: useradmin.Name, KV: w.store, Tables: w.service.Tables(), Audit: w.service.Audit(),
		Cursors: page.New(w.store.Sealer("audits")), Destroy: sealedkv.DestroyTenant, Leave: w.service.Leave,
	}).Register(w.internal)
	w.users = useradminv1.NewUserServiceClient(w.public)
	w.roles = useradminv1.NewRoleServiceClient(w.public)

	for _, name := range []string{acme, rival} {
		_, err := identityv1.NewTenantServiceClient(w.internal).CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: name})
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// process is one that runs user-admin, and what its callers reach. All have the same store.
func (w *world) process(change func(*useradmin.Deps)) (*useradmin.Service, *rpc.Local) {
	w.t.Helper()
	service, public := w.idleProcess(change)
	w.run(service.Run)
	return service, public
}

// idleProcess is one that does nothing in the background.
func (w *world) idleProcess(change func(*useradmin.Deps)) (*useradmin.Service, *rpc.Local) {
	w.t.Helper()
	check, err := validator()
	if err != nil {
		w.t.Fatal(err)
	}
	d := useradmin.Deps{
		Store: w.store, Blind: w.store.Indexer(), Cursors: page.New(w.store.Sealer("cursors")), Access: w.access,
		Tenants: identityv1.NewTenantServiceClient(w.internal),
		Limits:  memlimit.New(memlimit.Options{}), Passwords: passwordtest.NewPool(w.t, password.Options{}),
		Mail: &mail.Box{}, PublicURL: "https://plane.example.com", Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&d)
	}
	service := useradmin.New(d)
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: useradmin.Accepts}
	public := rpc.NewLocal(door.Unary, check.Unary)
	service.RegisterPublic(public)
	return service, public
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

func (w *world) run(service func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	w.stops = append(w.stops, cancel)
	done := make(chan error, 1)
	go func() { done <- service(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	})
}

// rest ends background work, which would have much to do while a test sleeps for a day.
func (w *world) rest() {
	for _, stop := range w.stops {
		stop()
	}
}

// add makes a user; without an e-mail address it gets one of its id.
func (w *world) add(r *useradminv1.AddUserRequest) *useradminv1.OperatorUser {
	w.t.Helper()
	if r.GetTenant() == "" {
		r.Tenant = acme
	}
	if r.GetEmail() == "" {
		r.Email = r.GetId() + "@example.com"
	}
	answer, err := w.operator.AddUser(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.GetUser()
}

// contabo is a context with a session of a user, as Contabo's clients have it.
func (w *world) contabo(of, user string) context.Context {
	return w.session(of, user, identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION, useradmin.AudienceContabo)
}

// keystone is a context with a session of a user, as OpenStack's clients have it.
func (w *world) keystone(of, user string) context.Context {
	return w.session(of, user, identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION, useradmin.AudienceKeystone)
}

func (w *world) session(of, user string, kind identityv1.CredentialKind, audience string) context.Context {
	w.t.Helper()
	r, err := w.access.IssueSession(w.t.Context(), &identityv1.IssueSessionRequest{
		Tenant: of, Subject: user, Kind: kind, Audience: audience, TtlMs: time.Hour.Milliseconds(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.as(r.GetAccessToken())
}

// rootKey is a context with a root key of a tenant.
func (w *world) rootKey(of string, permissions ...string) context.Context {
	w.t.Helper()
	r, err := w.access.CreateRootKey(w.t.Context(), &identityv1.CreateRootKeyRequest{Tenant: of, Name: "ci", Permissions: permissions})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.as(r.GetSecret())
}

func (w *world) as(credential string) context.Context {
	return metadata.NewOutgoingContext(w.t.Context(), metadata.Pairs("authorization", "Bearer "+credential))
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
