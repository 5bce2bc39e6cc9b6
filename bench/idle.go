package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/holdplane/holdplane/bench/child"
	"github.com/holdplane/holdplane/bench/ratio"
)

// rest is how long a server has nothing to do before its memory is read.
const rest = 3 * time.Second

const megabyte = 1e6

// idle measures the memory of servers that have nothing to do.
func idle(ctx context.Context, b *bench) error {
	small, large, err := b.sites(ctx)
	if err != nil {
		return err
	}
	fresh, loaded, err := b.restingAndTired(ctx, small.site)
	if err != nil {
		return err
	}
	srv, err := b.whole(ctx, large.site)
	if err != nil {
		return err
	}
	full, err := resting(ctx, srv)
	if srv.stopInto(&err); err != nil {
		return err
	}
	b.addMemory(fmt.Sprintf("idle, %d records", smallStore), fresh, ratio.Within(45, "MB"))
	b.addMemory(fmt.Sprintf("idle, %d records", b.n), full, ratio.Within(45, "MB"))
	b.addMemory("idle after a load of gets", loaded, ratio.Goal{})
	return nil
}

func (b *bench) addMemory(what string, m child.Memory, goal ratio.Goal) {
	b.report.add(row{What: what + ", resident", Unit: "MB", Ours: ratio.Series{float64(m.Resident) / megabyte}, Goal: goal})
	b.report.add(row{What: what + ", anonymous", Unit: "MB", Ours: ratio.Series{float64(m.Anonymous) / megabyte}})
}

// restingAndTired reads the memory of one server before and after a round of gets.
func (b *bench) restingAndTired(ctx context.Context, s *site) (fresh, loaded child.Memory, err error) {
	srv, err := b.whole(ctx, s)
	if err != nil {
		return fresh, loaded, err
	}
	defer srv.stopInto(&err)
	if fresh, err = resting(ctx, srv); err != nil {
		return fresh, loaded, err
	}
	next, err := b.gets(ctx, srv, s)
	if err != nil {
		return fresh, loaded, err
	}
	if _, err := b.load(ctx, target{srv, next}, clients); err != nil {
		return fresh, loaded, err
	}
	loaded, err = resting(ctx, srv)
	return fresh, loaded, err
}

// resting waits, then sums the memory of a server's processes.
func resting(ctx context.Context, srv *server) (sum child.Memory, err error) {
	select {
	case <-ctx.Done():
		return sum, ctx.Err()
	case <-time.After(rest):
	}
	for _, p := range srv.processes {
		m, err := p.Memory()
		if err != nil {
			return sum, err
		}
		sum.Resident += m.Resident
		sum.Anonymous += m.Anonymous
	}
	return sum, nil
}

// size measures the stripped binary.
func size(_ context.Context, b *bench) error {
	info, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	b.report.add(row{What: "stripped binary", Unit: "MB", Ours: ratio.Series{float64(info.Size()) / megabyte}, Goal: ratio.Within(50, "MB")})
	return nil
}
