package main

import (
	"context"
	"net/url"

	"github.com/holdplane/holdplane/bench/ratio"
)

// smallStore is how many records a store has where their number doesn't matter.
const smallStore = 1000

// get compares one process with a stock gateway that calls its handlers directly.
func get(ctx context.Context, b *bench) error {
	return b.compareGets(ctx, "get, one process", b.whole, b.direct, ratio.AtMost(1.15))
}

// split compares two processes, unix socket between, with a stock gateway and a gRPC
// server, loopback TCP between.
func split(ctx context.Context, b *bench) error {
	return b.compareGets(ctx, "get, two processes", b.halves, b.overTCP, ratio.AtMost(1.05))
}

func (b *bench) compareGets(ctx context.Context, what string, start func(context.Context, *site) (*server, error),
	startFloor func(context.Context) (*server, error), goal ratio.Goal,
) (err error) {
	s, err := b.site(ctx, b.fresh, "small")
	if err != nil {
		return err
	}
	ours, err := start(ctx, s)
	if err != nil {
		return err
	}
	defer ours.stopInto(&err)
	next, err := b.gets(ctx, ours, s)
	if err != nil {
		return err
	}
	theirs, err := startFloor(ctx)
	if err != nil {
		return err
	}
	defer theirs.stopInto(&err)
	return b.compare(ctx, what, target{ours, next}, target{theirs, next}, goal)
}

// gets asks for each identity of a small store in turn.
func (b *bench) gets(ctx context.Context, srv *server, s *site) (func(int) []byte, error) {
	if err := b.fill(ctx, srv, s, smallStore); err != nil {
		return nil, err
	}
	ids, err := newAPI(srv, s).ids(ctx, smallStore)
	if err != nil {
		return nil, err
	}
	var requests [][]byte
	for _, id := range ids {
		requests = append(requests, request(getPath(id), s.rootKey))
	}
	return inTurn(requests), nil
}

func getPath(id string) string { return "/v1/identities.getIdentity?identityId=" + url.QueryEscape(id) }
