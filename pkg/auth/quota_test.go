package auth_test

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// quotas is a service behind a door and quotas, and the clock that they count by.
type quotas struct {
	identityv1.UnimplementedIdentityServiceServer
	identityv1.UnimplementedLivenessServiceServer
	conn   grpc.ClientConnInterface
	served atomic.Int64

	mu  sync.Mutex
	now time.Time
}

func (q *quotas) ListIdentities(context.Context, *identityv1.ListIdentitiesRequest) (*identityv1.ListIdentitiesResponse, error) {
	q.served.Add(1)
	return &identityv1.ListIdentitiesResponse{}, nil
}

func (q *quotas) GetLiveness(context.Context, *identityv1.GetLivenessRequest) (*identityv1.GetLivenessResponse, error) {
	return &identityv1.GetLivenessResponse{}, nil
}

func (q *quotas) clock() time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.now
}

func (q *quotas) set(now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.now = now
}

// eachQuotas runs a test on quotas in process and behind a socket. Without limits they
// count in memory.
func eachQuotas(t *testing.T, limits ratelimit.Limiter, test func(t *testing.T, q *quotas)) {
	for _, over := range []string{"local", "network"} {
		t.Run(over, func(t *testing.T) {
			q := &quotas{now: time.UnixMilli(1_800_000_000_000)} // a minute begins
			limits := limits
			if limits == nil {
				limits = memlimit.New(memlimit.Options{Now: q.clock})
			}
			door := &auth.Door{Verifier: known{
				auth.DigestOf("a1"): {Kind: auth.KindRootKey, Tenant: "a", Subject: "key_1", Quota: 100},
				auth.DigestOf("a2"): {Kind: auth.KindRootKey, Tenant: "a", Subject: "key_2", Quota: 100},
				auth.DigestOf("b"):  {Kind: auth.KindRootKey, Tenant: "b", Subject: "key_3", Quota: 3},
				auth.DigestOf("c"):  {Kind: auth.KindRootKey, Tenant: "c", Subject: "key_4"},
			}, Public: rpc.PublicMethods(), Accept: auth.RootKeys}
			count := &auth.Quota{Limits: limits}
			if over == "local" {
				l := rpc.NewLocal(door.Unary, count.Unary)
				q.register(l)
				q.conn = l
			} else {
				g := rpc.NewServer(rpc.ServerOptions{}, door.Unary, count.Unary)
				q.register(g)
				q.conn = serve(t, g)
			}
			test(t, q)
		})
	}
}

func (q *quotas) register(r grpc.ServiceRegistrar) {
	identityv1.RegisterIdentityServiceServer(r, q)
	identityv1.RegisterLivenessServiceServer(r, q)
}

func serve(t *testing.T, g *grpc.Server) *grpc.ClientConn {
	t.Helper()
	addr := "unix://" + filepath.Join(t.TempDir(), "s")
	on, err := rpc.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := g.Serve(on); err != nil {
			t.Error(err)
		}
	})
	c, err := rpc.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		g.Stop()
		served.Wait()
	})
	return c
}

// list makes a call and returns its quota headers, joined by spaces.
func (q *quotas) list(t *testing.T, key string) (headers string, err error) {
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+key)
	var header metadata.MD
	_, err = identityv1.NewIdentityServiceClient(q.conn).ListIdentities(ctx, &identityv1.ListIdentitiesRequest{}, grpc.Header(&header))
	var all []string
	for _, name := range []string{auth.QuotaLimit, auth.QuotaRemaining, auth.QuotaReset} {
		all = append(all, header.Get(name)...)
	}
	return strings.Join(all, " "), err
}

func (q *quotas) want(t *testing.T, key, headers string, ok bool) {
	t.Helper()
	got, err := q.list(t, key)
	if got != headers {
		t.Errorf("%s: headers %q, want %q", key, got, headers)
	}
	if f := fault.From(err); ok != (err == nil) || !ok && (f.Code != codes.ResourceExhausted || f.Reason != fault.ReasonQuota) {
		t.Errorf("%s: got %v", key, err)
	}
}

func TestQuota(t *testing.T) {
	eachQuotas(t, nil, func(t *testing.T, q *quotas) {
		q.want(t, "b", "3 2 60", true)
		q.set(q.clock().Add(59*time.Second + time.Millisecond))
		q.want(t, "b", "3 1 1", true)
		q.want(t, "b", "3 0 1", true)
		for range 2 {
			q.want(t, "b", "3 0 1", false)
		}
		q.want(t, "a1", "100 99 1", true) // another tenant's
		q.want(t, "a2", "100 98 1", true) // the same tenant's
		q.want(t, "c", "", true)          // of one without a quota
		q.set(q.clock().Add(time.Second))
		q.want(t, "b", "3 2 60", true)
	})
}

func TestQuotaIsForCallersWithCredentials(t *testing.T) {
	eachQuotas(t, nil, func(t *testing.T, q *quotas) {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer b")
		for range 5 {
			var header metadata.MD
			_, err := identityv1.NewLivenessServiceClient(q.conn).GetLiveness(ctx, &identityv1.GetLivenessRequest{}, grpc.Header(&header))
			if err != nil || len(header.Get(auth.QuotaLimit)) > 0 {
				t.Errorf("a public method answers %v, %v", header, err)
			}
			if _, err := q.list(t, "unknown"); fault.From(err).Code != codes.Unauthenticated {
				t.Errorf("an unknown key: %v", err)
			}
		}
		q.want(t, "b", "3 2 60", true)
	})
	count := &auth.Quota{Limits: broken{}}
	if p, err := enter(auth.With(t.Context(), auth.Operator), count.Unary, "/s/M"); err != nil || p != auth.Operator {
		t.Errorf("the operator came in as %v (%v)", p, err)
	}
}

// Callers at once get exactly what the quota allows, each a remainder of its own.
func TestQuotaIsExact(t *testing.T) {
	eachQuotas(t, nil, func(t *testing.T, q *quotas) {
		var passed, refused atomic.Int64
		var seen [100]atomic.Int64
		var callers sync.WaitGroup
		for i := range 16 {
			callers.Go(func() {
				for range 20 {
					headers, err := q.list(t, "a"+strconv.Itoa(1+i%2))
					if err != nil {
						refused.Add(1)
						continue
					}
					passed.Add(1)
					var left int
					if parts := strings.Fields(headers); len(parts) == 3 {
						left, _ = strconv.Atoi(parts[1])
					}
					seen[left].Add(1)
				}
			})
		}
		callers.Wait()
		if passed.Load() != 100 || refused.Load() != 220 || q.served.Load() != 100 {
			t.Errorf("%d passed, %d were refused, %d reached the service; want 100, 220, 100", passed.Load(), refused.Load(), q.served.Load())
		}
		for left := range seen {
			if n := seen[left].Load(); n != 1 {
				t.Errorf("%d callers were told that %d are left", n, left)
			}
		}
	})
}

// broken is a limiter without its counters.
type broken struct{}

func (broken) Check(context.Context, ...ratelimit.Check) ([]ratelimit.Verdict, error) {
	return nil, errors.New("no counters")
}

func TestQuotaFailsOpen(t *testing.T) {
	eachQuotas(t, broken{}, func(t *testing.T, q *quotas) {
		for range 5 {
			q.want(t, "b", "", true)
		}
	})
}
