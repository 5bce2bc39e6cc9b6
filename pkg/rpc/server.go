package rpc

import (
	"cmp"
	"context"
	"net/netip"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
)

// Bounds of every server and connection.
const (
	// LongestCall is the deadline of calls that bring none, or a longer one.
	LongestCall = 10 * time.Second
	// maxMessage is a little over the gateway's largest body, 10 MiB of JSON. A call holds
	// what has come of its message, before anybody knows the caller; arrivalDeadline keeps
	// that from piling up for nothing. It bounds no sum: a connection that brings maxStreams
	// messages of this size in time costs as much memory, as such bodies cost a gateway.
	maxMessage = 12 << 20
	maxAnswer  = 32 << 20
	maxStreams = 1024
	// workers are the goroutines that calls run in; more calls than that get one each. A
	// new goroutine's stack grows twice on the way through the interceptors, which costs an
	// eighth of a short call.
	workers = 64
)

// ServerOptions are the settings of a server.
type ServerOptions struct {
	// Gateways are the networks of peers that Client believes. Those on unix sockets are
	// believed always. May be empty.
	Gateways []netip.Prefix
	// Longest is how long a call may take. 0 means LongestCall.
	Longest time.Duration
}

// NewServer returns a gRPC server that runs interceptors in order, with bounds on what
// one connection can ask of it. Compression is not registered: a small message can't
// turn into a large one.
func NewServer(o ServerOptions, interceptors ...grpc.UnaryServerInterceptor) *grpc.Server {
	return grpc.NewServer(
		grpc.ChainUnaryInterceptor(append([]grpc.UnaryServerInterceptor{believeGateways(o.Gateways)}, interceptors...)...),
		grpc.StreamInterceptor(refuseStreams),
		grpc.InTapHandle(arrivalDeadline(cmp.Or(o.Longest, LongestCall))),
		grpc.NumStreamWorkers(workers),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.MaxHeaderListSize(32<<10),
		grpc.ConnectionTimeout(5*time.Second),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 10 * time.Minute, Time: time.Minute, Timeout: 10 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
	)
}

// arrivalDeadline has a call's time begin with its headers. Interceptors run only once the
// message is there, and whoever sends it slowly would hold its memory for ever.
func arrivalDeadline(longest time.Duration) tap.ServerInHandle {
	return func(ctx context.Context, _ *tap.Info) (context.Context, error) {
		ctx, cancel := context.WithTimeout(ctx, longest)
		_ = cancel // the context it is made from ends with the call
		return ctx, nil
	}
}

// refuseStreams lets nothing past the interceptors that calls pass: no method of ours
// streams, watching health without a credential would hold up every stop, and only
// reflection, which tells what the .proto files tell, is left.
func refuseStreams(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if strings.HasPrefix(info.FullMethod, "/grpc.reflection.") {
		return handler(srv, stream)
	}
	return status.Error(codes.Unimplemented, info.FullMethod+" is a stream; only unary methods are served")
}

// Dial returns a connection to addr, a host and port or unix:///path. It connects when
// first used and again whenever it must.
func Dial(addr string) (*grpc.ClientConn, error) {
	return grpc.NewClient(target(addr),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswer)),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig":[{"round_robin":{}}]}`),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect, MinConnectTimeout: 2 * time.Second}),
	)
}
