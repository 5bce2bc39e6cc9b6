package rpc

import (
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
)

// Bounds of every server and connection.
const (
	// LongestCall is the deadline of calls that bring none, or a longer one.
	LongestCall = 10 * time.Second
	// maxMessage is a little over the gateway's largest body.
	maxMessage = 2 << 20
	maxStreams = 1024
)

// NewServer returns a gRPC server that runs interceptors in order, with bounds on what
// one connection can ask of it. Compression is not registered: a small message can't
// turn into a large one.
func NewServer(interceptors ...grpc.UnaryServerInterceptor) *grpc.Server {
	return grpc.NewServer(
		grpc.ChainUnaryInterceptor(interceptors...),
		grpc.StreamInterceptor(refuseStreams),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.MaxHeaderListSize(32<<10),
		grpc.ConnectionTimeout(5*time.Second),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 10 * time.Minute, Time: time.Minute, Timeout: 10 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
	)
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
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16*maxMessage)),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig":[{"round_robin":{}}]}`),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect, MinConnectTimeout: 2 * time.Second}),
	)
}
