package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/holdplane/holdplane/bench/floor"
)

// floorCommand is the first argument that makes this program a floor: a process of its
// own, as the server is.
const floorCommand = "floor"

// anyGet is what every floor answers with 200.
const anyGet = "/v1/identities.getIdentity?identityId=" + "id_3ZkQe8Jx7oZB2uX9hQ4tVw"

// serveFloor is the floor's process: KIND ADDR [UPSTREAM or FILE].
func serveFloor(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: bench %s KIND ADDR [UPSTREAM]", floorCommand)
	}
	on, err := net.Listen("tcp", args[1])
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { on.Close() })
	switch {
	case args[0] == "direct":
		err = floor.Direct(ctx, on)
	case args[0] == "grpc":
		err = floor.GRPC(on)
	case args[0] == "limit":
		err = floor.Limit(on)
	case args[0] == "secrets" && len(args) == 3:
		err = floor.Secrets(on, args[2])
	case args[0] == "gateway" && len(args) == 3:
		err = floor.Gateway(ctx, on, args[2])
	default:
		err = fmt.Errorf("there is no floor %q", args)
	}
	if ctx.Err() != nil {
		return nil // told to end; a floor has nothing to finish
	}
	return err
}

// direct starts a stock gateway in one process.
func (b *bench) direct(ctx context.Context) (*server, error) {
	s, err := b.startDirect()
	if err != nil {
		return nil, err
	}
	return s, s.await(ctx, anyGet)
}

func (b *bench) startDirect() (s *server, err error) {
	s = &server{}
	if s.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	return s, s.startFloor(b, "direct", s.addr)
}

// overTCP starts a stock gateway and a bare gRPC server, two processes with TCP between.
func (b *bench) overTCP(ctx context.Context) (*server, error) {
	upstream, err := freeAddr()
	if err != nil {
		return nil, err
	}
	s := &server{}
	if s.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	if err := s.startFloor(b, "grpc", upstream); err != nil {
		return nil, err
	}
	if err := s.startFloor(b, "gateway", s.addr, upstream); err != nil {
		return nil, fmt.Errorf("%w, %w", err, s.stop())
	}
	return s, s.await(ctx, anyGet)
}

func (s *server) startFloor(b *bench, kind string, args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return s.start(b.logName("floor", kind), self, append([]string{floorCommand, kind}, args...)...)
}
