package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/bench/load"
	"github.com/holdplane/holdplane/bench/ratio"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/internal/servers"
)

// identifiers is how many are limited, conns how many connections the clients share.
const (
	identifiers = 10_000
	conns       = 4
)

// limit compares checks over gRPC with a bare gRPC server that counts nothing.
func limit(ctx context.Context, b *bench) (err error) {
	ours, err := b.limiter(ctx, "limit")
	if err != nil {
		return err
	}
	defer ours.closeInto(&err)
	floor, err := b.echo(ctx)
	if err != nil {
		return err
	}
	defer floor.closeInto(&err)
	return b.compareCalls(ctx, "rate limit in memory over gRPC, bare echo", ours, floor, ratio.AtMost(1.3))
}

// limitRedis compares checks in Redis with envoyproxy/ratelimit, each in a Redis of its
// own.
func limitRedis(ctx context.Context, b *bench) (err error) {
	one, err := servers.RunRedis()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, one.Close()) }()
	other, err := servers.RunRedis()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	ours, err := b.limiter(ctx, "limit-redis", "--redis", "redis://"+one.Addr)
	if err != nil {
		return err
	}
	defer ours.closeInto(&err)
	envoy, err := b.envoy(ctx, other.Addr)
	if err != nil {
		return err
	}
	defer envoy.closeInto(&err)
	return b.compareCalls(ctx, "rate limit in Redis over gRPC, envoyproxy/ratelimit", ours, envoy, ratio.AtMost(0.65))
}

// callee is a gRPC server under one kind of call.
type callee struct {
	server *server
	conns  []*grpc.ClientConn
	call   func(ctx context.Context, on *grpc.ClientConn) error
}

// dialled is a server at an address, once it answers.
func dialled(ctx context.Context, s *server, call func(context.Context, *grpc.ClientConn) error) (*callee, error) {
	c := &callee{server: s, call: call}
	for range conns {
		conn, err := grpc.NewClient("passthrough:///"+s.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return nil, errors.Join(err, c.close())
		}
		c.conns = append(c.conns, conn)
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		err := call(ctx, c.conns[0])
		if err == nil {
			return c, nil
		}
		if ctx.Err() != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", s.addr, err), c.close())
		}
	}
}

func (c *callee) close() error {
	errs := []error{c.server.stop()}
	for _, conn := range c.conns {
		errs = append(errs, conn.Close())
	}
	return errors.Join(errs...)
}

func (c *callee) closeInto(err *error) { *err = errors.Join(*err, c.close()) }

// limiter starts holdplane's services with gRPC over TCP.
func (b *bench) limiter(ctx context.Context, name string, flags ...string) (*callee, error) {
	s, err := b.site(ctx, b.fresh, name)
	if err != nil {
		return nil, err
	}
	srv := &server{}
	if srv.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	// The last of repeated flags counts.
	flags = append(append(b.storeFlags(s), "--grpc-addr", srv.addr), flags...)
	if err := b.part(srv, s, allServices, flags...); err != nil {
		return nil, err
	}
	ours, err := dialled(ctx, srv, limitCall(s.rootKey))
	return ours, err
}

// limitCall checks an identifier picked at random.
func limitCall(key string) func(context.Context, *grpc.ClientConn) error {
	return func(ctx context.Context, on *grpc.ClientConn) error {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+key)
		_, err := identityv2.NewRatelimitServiceClient(on).Limit(ctx, &identityv2.LimitRequest{
			Namespace: "bench", Identifier: identifier(), Limit: 1_000_000_000, Duration: 60_000,
		})
		return err
	}
}

func identifier() string { return fmt.Sprintf("id_%08d", rand.IntN(identifiers)) }

// echo starts the floor.
func (b *bench) echo(ctx context.Context) (_ *callee, err error) {
	srv := &server{}
	if srv.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	if err := srv.startFloor(b, "limit", srv.addr); err != nil {
		return nil, err
	}
	return dialled(ctx, srv, limitCall("any"))
}

// compareCalls measures two callees in alternating rounds and profiles ours afterwards.
func (b *bench) compareCalls(ctx context.Context, what string, ours, floor *callee, goal ratio.Goal) error {
	var us, them series
	if err := b.alternate(b.callRound(ctx, ours, &us), b.callRound(ctx, floor, &them)); err != nil {
		return err
	}
	b.report.add(row{What: what + ", CPU", Unit: "us", Ours: us.cpu, Floor: them.cpu, Goal: goal})
	b.report.add(row{What: what + ", calls/s", Ours: us.rate, Floor: them.rate})
	b.report.add(row{What: what + ", p50", Unit: "ms", Ours: us.p50, Floor: them.p50})
	b.report.add(row{What: what + ", p99", Unit: "ms", Ours: us.p99, Floor: them.p99})
	return b.profile(ctx, what, ours.server, func(ctx context.Context, long *bench) error {
		_, err := long.calls(ctx, ours)
		return err
	})
}

func (b *bench) callRound(ctx context.Context, c *callee, into *series) func() error {
	return func() error {
		r, err := b.calls(ctx, c)
		if err == nil {
			into.add(r)
		}
		return err
	}
}

func (b *bench) calls(ctx context.Context, c *callee) (load.Result, error) {
	return load.Calls{
		Clients: clients, Warm: warm, For: b.round, CPU: c.server.cpu,
		Call: func(ctx context.Context, client int) error { return c.call(ctx, c.conns[client%len(c.conns)]) },
	}.Run(ctx)
}
