package rpc

import (
	"context"
	"net"
	"net/netip"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// ClientKey is the metadata by which a gateway says for whom it calls: one IP address as
// text. NewServer removes it from the calls of others.
const ClientKey = "holdplane-client"

// Client returns the address of whoever makes a call: what a gateway says, or else the
// peer's own. IPv4 has its short form, and there is no zone. It is the zero Addr where
// neither is known, as for programs that call over a unix socket.
func Client(ctx context.Context) netip.Addr {
	if said := metadata.ValueFromIncomingContext(ctx, ClientKey); len(said) == 1 {
		if addr, err := netip.ParseAddr(said[0]); err == nil {
			return addr.Unmap().WithZone("")
		}
	}
	addr, _ := peerOf(ctx)
	return addr
}

// peerOf returns the address of the other end of the connection. isUnix tells that it is a
// socket on this machine that only the process' own user can open.
func peerOf(ctx context.Context) (addr netip.Addr, isUnix bool) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return addr, false
	}
	switch a := p.Addr.(type) {
	case *net.TCPAddr:
		addr = a.AddrPort().Addr().Unmap().WithZone("")
	case *net.UnixAddr:
		isUnix = true
	}
	return addr, isUnix
}

// believeGateways has Client believe those on unix sockets and in networks, and nobody
// else.
func believeGateways(networks []netip.Prefix) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		if len(metadata.ValueFromIncomingContext(ctx, ClientKey)) == 0 {
			return handler(ctx, req)
		}
		addr, isUnix := peerOf(ctx)
		if !isUnix && !slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(addr) }) {
			md, _ := metadata.FromIncomingContext(ctx)
			md.Delete(ClientKey)
			ctx = metadata.NewIncomingContext(ctx, md)
		}
		return handler(ctx, req)
	}
}
