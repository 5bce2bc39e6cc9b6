package identity_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/operations"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/table/tabletest"
	"github.com/holdplane/holdplane/services/identity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is an installation that runs the identity service, on a sealed store in memory.
type world struct {
	t     testing.TB
	store *held
	blind table.Blinder

	internal *rpc.Local // as the operator
	public   *rpc.Local // through the door
	access   identityv1.AccessServiceClient
	tenants  identityv1.TenantServiceClient

	rest    context.CancelFunc // ends the background work: months pass fast without
	flushes atomic.Int32       // of what processes remember of credentials
	changes int64              // of subjects
}

// held is a store whose Updates can be made to wait.
type held struct {
	kv.Store
	gate    atomic.Pointer[chan struct{}]
	updates atomic.Int32 // how many there were
	// reads is how many Views succeed before the rest fail; below 0 all do.
	reads atomic.Int32
	// broken Updates panic.
	broken atomic.Bool
}

func (h *held) View(ctx context.Context, fn func(kv.Reader) error) error {
	if h.reads.Load() >= 0 && h.reads.Add(-1) < 0 {
		h.reads.Store(0)
		return kv.ErrUnavailable
	}
	return h.Store.View(ctx, fn)
}

func (h *held) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if gate := h.gate.Load(); gate != nil {
		<-*gate
	}
	if h.broken.Load() {
		panic("broken")
	}
	h.updates.Add(1)
	return h.Store.Update(ctx, fn)
}

// dataService is another service's TenantDataService.
type dataService func(ctx context.Context, tenant string) error

func (d dataService) DeleteTenantData(ctx context.Context, r *operationsv1.DeleteTenantDataRequest, _ ...grpc.CallOption) (*operationsv1.DeleteTenantDataResponse, error) {
	return &operationsv1.DeleteTenantDataResponse{}, d(ctx, r.GetTenant())
}

var validator = sync.OnceValues(rpc.NewValidator)

// newWorld starts an installation that ends with the test. others are the data of
// services beside identity, or in its place, by name.
func newWorld(t testing.TB, others map[string]dataService) *world {
	t.Helper()
	check, err := validator()
	if err != nil {
		t.Fatal(err)
	}
	sealed := openStore(t)
	store := &held{Store: sealed}
	store.reads.Store(-1)
	w := &world{t: t, store: store, blind: sealed.Indexer(), internal: rpc.NewLocal(auth.AsOperator, check.Unary)}
	data := map[string]operationsv1.TenantDataServiceClient{identity.Name: operationsv1.NewTenantDataServiceClient(w.internal)}
	for name, service := range others {
		data[name] = service
	}
	service := identity.New(identity.Deps{
		Store: store, Blind: w.blind, Cursors: page.New(sealed.Sealer("cursors")),
		Limits:      memlimit.New(memlimit.Options{}),
		Credentials: func() { w.flushes.Add(1) }, Data: data, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { tabletest.Whole(t, sealed, service.Tables()) })
	service.RegisterInternal(w.internal)
	operations.New(operations.Store{
		Name: identity.Name, KV: store, Tables: service.Tables(), Audit: service.Audit(),
		Cursors: page.New(sealed.Sealer("cursors")), Destroy: sealedkv.DestroyTenant,
	}).Register(w.internal)
	w.access = identityv1.NewAccessServiceClient(w.internal)
	w.tenants = identityv1.NewTenantServiceClient(w.internal)
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: auth.RootKeys}
	w.public = rpc.NewLocal(door.Unary, check.Unary)
	service.RegisterPublic(w.public)
	w.run(service)
	return w
}

func openStore(t testing.TB) *sealedkv.Store {
	t.Helper()
	master, err := seal.CreateMasterFile(filepath.Join(t.TempDir(), "master"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sealedkv.Open(t.Context(), memkv.New(), sealedkv.Options{Service: identity.Name, Master: master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func (w *world) run(service *identity.Service) {
	ctx, cancel := context.WithCancel(context.Background())
	w.rest = cancel
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	})
}

// tenant makes a tenant with an id.
func (w *world) tenant(id string) {
	w.t.Helper()
	if _, err := w.tenants.CreateTenant(w.t.Context(), &identityv1.CreateTenantRequest{Id: id}); err != nil {
		w.t.Fatal(err)
	}
}

// rootKey issues a root key with the permission "*".
func (w *world) rootKey(tenant string) *identityv1.CreateRootKeyResponse {
	w.t.Helper()
	r, err := w.access.CreateRootKey(w.t.Context(), &identityv1.CreateRootKeyRequest{Tenant: tenant, Name: "ci", Permissions: []string{"*"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) verify(credential string) (*identityv1.VerifyCredentialResponse, error) {
	d := auth.DigestOf(credential)
	return w.access.VerifyCredential(w.t.Context(), &identityv1.VerifyCredentialRequest{Digest: d[:]})
}

// expectValid is who holds a credential.
func (w *world) expectValid(credential string) *identityv1.VerifyCredentialResponse {
	w.t.Helper()
	r, err := w.verify(credential)
	if err != nil {
		w.t.Errorf("credential is refused: %v", err)
	}
	return r
}

// expectVoid checks that a credential is refused, and that the answer tells nothing.
func (w *world) expectVoid(credential string) {
	w.t.Helper()
	r, err := w.verify(credential)
	f := fault.From(err)
	if f == nil || f.Code != codes.Unauthenticated || f.Reason != fault.ReasonCredentialBad || f.Message != "the credential is not valid" {
		w.t.Errorf("got %v, %v; want the refusal that all share", r, err)
	}
}

// as is a context with a credential, for the public services.
func (w *world) as(credential string) context.Context {
	return metadata.NewOutgoingContext(w.t.Context(), metadata.Pairs("authorization", "Bearer "+credential))
}

// events lists a scope's audited events and their objects, newest first.
func (w *world) events(tenant string) (all []string) {
	w.t.Helper()
	r, err := operationsv1.NewAuditServiceClient(w.internal).ListAuditRecords(w.t.Context(),
		&operationsv1.ListAuditRecordsRequest{Service: identity.Name, Tenant: tenant, PageSize: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range r.GetRecords() {
		if m.GetActor() != "operator" {
			w.t.Errorf("actor of %s is %q", m.GetEvent(), m.GetActor())
		}
		all = append(all, m.GetEvent())
	}
	return all
}

// entries counts what the store has of a tenant, readable or not.
func (w *world) entries(tenant string) (n int) {
	w.t.Helper()
	err := w.store.View(context.Background(), func(tx kv.Reader) error {
		r := kv.Prefix(key.New("t", tenant))
		r.KeysOnly = true
		for _, err := range tx.Scan(r) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func expectCode(t testing.TB, err error, want codes.Code) {
	t.Helper()
	if want == codes.OK && err == nil {
		return
	}
	if f := fault.From(err); f == nil || f.Code != want {
		t.Errorf("got %v, want %v", err, want)
	}
}
