package rpc_test

import (
	"context"
	"net/netip"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// asked is a service that keeps who the last client was.
func asked(to grpc.ServiceRegistrar) *netip.Addr {
	last := new(netip.Addr)
	identityv1.RegisterIdentityServiceServer(to, &service{get: func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		*last = rpc.Client(ctx)
		return &identityv1.GetIdentityResponse{}, nil
	}})
	return last
}

func TestClient(t *testing.T) {
	local := rpc.NewLocal()
	behindLocal := asked(local)
	overUnix := rpc.NewServer(rpc.ServerOptions{})
	behindUnix := asked(overUnix)
	strict := rpc.NewServer(rpc.ServerOptions{Gateways: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("::1/128")}})
	behindStrict := asked(strict)
	trusting := rpc.NewServer(rpc.ServerOptions{Gateways: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	behindTrusting := asked(trusting)
	unix, strictly, trustingly := connect(t, overUnix), connectTCP(t, strict), connectTCP(t, trusting)
	for _, c := range []struct {
		name string
		conn grpc.ClientConnInterface
		seen *netip.Addr
		said []string
		want string
	}{
		{"in process", local, behindLocal, []string{"203.0.113.7"}, "203.0.113.7"},
		{"in process, IPv6", local, behindLocal, []string{"2001:db8::7"}, "2001:db8::7"},
		{"in process, IPv4 in IPv6", local, behindLocal, []string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		{"in process, with a zone", local, behindLocal, []string{"fe80::1%eth0"}, "fe80::1"},
		{"in process, nobody said", local, behindLocal, nil, ""},
		{"in process, no address", local, behindLocal, []string{"localhost"}, ""},
		{"in process, two addresses", local, behindLocal, []string{"203.0.113.7", "203.0.113.8"}, ""},
		{"over a unix socket", unix, behindUnix, []string{"203.0.113.7"}, "203.0.113.7"},
		{"over a unix socket, nobody said", unix, behindUnix, nil, ""},
		{"from a trusted network", trustingly, behindTrusting, []string{"203.0.113.7"}, "203.0.113.7"},
		{"from a trusted network, nobody said", trustingly, behindTrusting, nil, "127.0.0.1"},
		{"from a trusted network, no address", trustingly, behindTrusting, []string{"?"}, "127.0.0.1"},
		{"from a trusted network, a list that a forger began", trustingly, behindTrusting, []string{"203.0.113.7", "203.0.113.8"}, "127.0.0.1"},
		{"forged", strictly, behindStrict, []string{"203.0.113.7"}, "127.0.0.1"},
		{"forged, as from a trusted network", strictly, behindStrict, []string{"192.0.2.1"}, "127.0.0.1"},
		{"from anywhere", strictly, behindStrict, nil, "127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := metadata.NewOutgoingContext(t.Context(), metadata.MD{rpc.ClientKey: c.said})
			if _, err := identityv1.NewIdentityServiceClient(c.conn).GetIdentity(ctx, request); err != nil {
				t.Fatal(err)
			}
			want, _ := netip.ParseAddr(c.want)
			if *c.seen != want {
				t.Errorf("the client is %v, want %v", *c.seen, want)
			}
		})
	}
}

// A forger's call keeps the rest of its metadata.
func TestForgeryTakesNothingElse(t *testing.T) {
	g := rpc.NewServer(rpc.ServerOptions{})
	var got metadata.MD
	identityv1.RegisterIdentityServiceServer(g, &service{get: func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		got, _ = metadata.FromIncomingContext(ctx)
		return &identityv1.GetIdentityResponse{}, nil
	}})
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer x", "Holdplane-Client", "203.0.113.7")
	if _, err := identityv1.NewIdentityServiceClient(connectTCP(t, g)).GetIdentity(ctx, request); err != nil {
		t.Fatal(err)
	}
	if len(got.Get(rpc.ClientKey)) > 0 || len(got.Get("authorization")) != 1 {
		t.Errorf("the service saw %v", got)
	}
}
