package identity_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/services/identity"
)

// limiting is a caller of RatelimitService, in both versions.
type limiting struct {
	t   testing.TB
	ctx context.Context
	v1  identityv1.RatelimitServiceClient
	v2  identityv2.RatelimitServiceClient
}

// limiting makes a tenant, and a caller of it with permissions; none are all.
func (w *world) limiting(tenant string, permissions ...string) *limiting {
	w.t.Helper()
	w.tenant(tenant)
	return w.limitingToo(tenant, permissions...)
}

// limitingToo is another caller of a tenant that exists.
func (w *world) limitingToo(tenant string, permissions ...string) *limiting {
	w.t.Helper()
	if permissions == nil {
		permissions = []string{"*"}
	}
	k, err := w.access.CreateRootKey(w.t.Context(), &identityv1.CreateRootKeyRequest{Tenant: tenant, Permissions: permissions})
	if err != nil {
		w.t.Fatal(err)
	}
	return (&limiting{t: w.t, ctx: w.as(k.GetSecret())}).through(w.public)
}

// through is the same caller at another process.
func (l *limiting) through(public *rpc.Local) *limiting {
	c := *l
	c.v1, c.v2 = identityv1.NewRatelimitServiceClient(public), identityv2.NewRatelimitServiceClient(public)
	return &c
}

// process starts another process on the same store.
func (w *world) process(limits ratelimit.Limiter) *rpc.Local {
	w.t.Helper()
	check, err := validator()
	if err != nil {
		w.t.Fatal(err)
	}
	keyset, err := seal.NewKeyset()
	if err != nil {
		w.t.Fatal(err)
	}
	service := identity.New(identity.Deps{
		Store: w.store, Blind: w.blind, Cursors: page.New(keyset), Limits: limits, Counters: "redis",
		Log: slog.New(slog.DiscardHandler),
	})
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: auth.RootKeys}
	public := rpc.NewLocal(door.Unary, check.Unary)
	service.RegisterPublic(public)
	return public
}

// made lists a tenant's audited events about rate limits, newest first, as "event object".
func (w *world) made(tenant string) (all []string) {
	w.t.Helper()
	r, err := operationsv1.NewAuditServiceClient(w.internal).ListAuditRecords(w.t.Context(),
		&operationsv1.ListAuditRecordsRequest{Service: identity.Name, Tenant: tenant, PageSize: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range r.GetRecords() {
		if strings.HasPrefix(m.GetEvent(), "ratelimit") {
			all = append(all, m.GetEvent()+" "+m.GetObject())
		}
	}
	return all
}

// limitV1 and limitV2 ask for 1 of a limit a minute.
func (l *limiting) limitV1(namespace, identifier string, limit int64) (*identityv1.LimitResponse, error) {
	return l.v1.Limit(l.ctx, &identityv1.LimitRequest{Namespace: &namespace, Identifier: identifier, Limit: limit, Duration: 60_000})
}

func (l *limiting) limitV2(namespace, identifier string, limit int64) (*identityv2.LimitResponse, error) {
	return l.v2.Limit(l.ctx, &identityv2.LimitRequest{Namespace: namespace, Identifier: identifier, Limit: limit, Duration: 60_000})
}

// use has the verdict on one more of v2's be as expected.
func (l *limiting) use(namespace, identifier string, limit int64, want bool) {
	l.t.Helper()
	if got, err := l.limitV2(namespace, identifier, limit); err != nil || got.GetSuccess() != want {
		l.t.Errorf("%s in %s: got %v, %v; want %t", identifier, namespace, got, err, want)
	}
}

// set sets an override of a minute by the namespace's name and returns its id.
func (l *limiting) set(namespace, identifier string, limit int64) string {
	l.t.Helper()
	r, err := l.v2.SetOverride(l.ctx, &identityv2.SetOverrideRequest{Namespace: namespace, Identifier: identifier, Limit: limit, Duration: 60_000})
	if err != nil {
		l.t.Fatal(err)
	}
	return r.GetOverrideId()
}

// namespace makes a namespace and returns its id, which only the audit log tells.
func (w *world) namespace(l *limiting, tenant, name string) string {
	w.t.Helper()
	before := w.made(tenant)
	if _, err := l.v2.Limit(l.ctx, &identityv2.LimitRequest{Namespace: name, Identifier: "i", Limit: 1, Duration: 1000, Cost: proto.Int64(0)}); err != nil {
		w.t.Fatal(err)
	}
	// Whatever else was made, it is the one that is new.
	for _, event := range w.made(tenant) {
		if id, ok := strings.CutPrefix(event, "ratelimitNamespace.create "); ok && !slices.Contains(before, event) {
			return id
		}
	}
	w.t.Fatalf("the namespace was there already: %v", before)
	return ""
}

// recorder is a limiter that remembers what it was asked, and fails when told to.
type recorder struct {
	ratelimit.Limiter
	asked []ratelimit.Check
	err   error
}

func newRecorder() *recorder { return &recorder{Limiter: memlimit.New(memlimit.Options{})} }

func (r *recorder) Check(ctx context.Context, checks ...ratelimit.Check) ([]ratelimit.Verdict, error) {
	r.asked = append(r.asked, checks...)
	if r.err != nil {
		return nil, r.err
	}
	return r.Limiter.Check(ctx, checks...)
}
