package identity_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"syscall"
	"testing"

	"google.golang.org/grpc"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/services/identity"
)

// BenchmarkLimit is what a check costs beside the network and the door.
func BenchmarkLimit(b *testing.B) {
	for _, c := range []struct {
		name      string
		overrides int // of other identifiers; odd ones are wildcards
		checks    int // 0 is limit, else multiLimit
	}{
		{"limit", 0, 0},
		{"limit beside 100 overrides", 100, 0},
		{"limit beside 1000 overrides", 1000, 0},
		{"multiLimit of 10", 0, 10},
	} {
		b.Run(c.name, func(b *testing.B) {
			l := benchLimiting(b)
			if _, err := l.limitV2("n", "u", 10); err != nil {
				b.Fatal(err)
			}
			for i := range c.overrides {
				l.set("n", fmt.Sprint("other", i)+"*"[:i%2], 1)
			}
			requests := make([]*identityv2.LimitRequest, 10_000)
			for i := range requests {
				requests[i] = &identityv2.LimitRequest{Namespace: "n", Identifier: fmt.Sprintf("user_%08d", i), Limit: 1 << 40, Duration: 60_000}
			}
			many := &identityv2.MultiLimitRequest{}
			for i := range c.checks {
				r := requests[i]
				many.Checks = append(many.Checks, &identityv2.MultiLimitCheck{Namespace: "n", Identifier: r.Identifier, Limit: r.Limit, Duration: r.Duration})
			}
			var next atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			defer cpu(b)()
			b.RunParallel(func(pb *testing.PB) {
				for i := int(next.Add(997)); pb.Next(); i++ {
					var err error
					if c.checks > 0 {
						_, err = l.v2.MultiLimit(l.ctx, many)
					} else {
						_, err = l.v2.Limit(l.ctx, requests[i%len(requests)])
					}
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
	b.Run("floor", func(b *testing.B) {
		public := benchPublic(b)
		identityv2.RegisterRatelimitServiceServer(public, floor{})
		l := (&limiting{t: b, ctx: b.Context()}).through(public)
		b.ReportAllocs()
		defer cpu(b)()
		b.RunParallel(func(pb *testing.PB) {
			r := &identityv2.LimitRequest{Namespace: "n", Identifier: "user_00000000", Limit: 1 << 40, Duration: 60_000}
			for pb.Next() {
				if _, err := l.v2.Limit(l.ctx, r); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// cpu returns a function that reports this process's CPU time for each operation, which
// other work on the machine does not blur as it does the time that passes.
func cpu(b *testing.B) func() {
	spent := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	before := spent()
	return func() { b.ReportMetric(float64(spent()-before)/float64(b.N), "cpu-ns/op") }
}

// floor admits everything: what any method costs here.
type floor struct {
	identityv2.UnimplementedRatelimitServiceServer
}

func (floor) Limit(context.Context, *identityv2.LimitRequest) (*identityv2.LimitResponse, error) {
	return &identityv2.LimitResponse{Success: true, Limit: 1 << 40, Remaining: 1, Reset_: 1 << 40}, nil
}

// benchPublic is a connection whose caller has all permissions, without a door.
func benchPublic(b *testing.B) *rpc.Local {
	check, err := validator()
	if err != nil {
		b.Fatal(err)
	}
	caller := auth.Principal{Kind: auth.KindRootKey, Tenant: "a", Subject: "key_1"}.Grant("*")
	return rpc.NewLocal(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		return handler(auth.With(ctx, caller), req)
	}, check.Unary)
}

func benchLimiting(b *testing.B) *limiting {
	keyset, err := seal.NewKeyset()
	if err != nil {
		b.Fatal(err)
	}
	store := memkv.New()
	b.Cleanup(func() { store.Close() })
	service := identity.New(identity.Deps{
		Store: store, Blind: seal.NewIndexer(), Cursors: page.New(keyset),
		Limits: memlimit.New(memlimit.Options{}), Log: slog.New(slog.DiscardHandler),
	})
	public := benchPublic(b)
	service.RegisterPublic(public)
	return (&limiting{t: b, ctx: b.Context()}).through(public)
}
