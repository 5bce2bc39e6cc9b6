package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"github.com/holdplane/holdplane/bench/floor"
	"github.com/holdplane/holdplane/bench/load"
	"github.com/holdplane/holdplane/bench/ratio"
)

// create compares durable creates through JSON with bare bbolt on the same disk.
func create(ctx context.Context, b *bench) (err error) {
	// A store of its own: the others keep their sizes.
	s, srv, err := b.own(ctx, "create")
	if err != nil {
		return err
	}
	defer srv.stopInto(&err)
	bolt, err := floor.OpenBolt(filepath.Join(s.dir, "floor.bolt"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bolt.Close()) }()
	return b.compareCreates(ctx, target{srv, creates(s)}, bolt)
}

func (b *bench) compareCreates(ctx context.Context, t target, bolt *floor.Bolt) error {
	var ours, alone, update, batch series
	bare := func(into *series, write func() (load.Result, error)) func() error {
		return func() error {
			r, err := write()
			if err == nil {
				into.add(r)
			}
			return err
		}
	}
	err := b.alternate(
		b.roundOf(ctx, t, clients, &ours),
		bare(&update, func() (load.Result, error) { return bolt.Update(ctx, b.round) }),
		b.roundOf(ctx, t, 1, &alone),
		bare(&batch, func() (load.Result, error) { return bolt.Batch(ctx, b.round, clients) }),
	)
	if err != nil {
		return err
	}
	const many, one = "durable create, 64 clients", "durable create, 1 client"
	b.report.add(row{What: many + ", requests/s; bbolt Update", Ours: ours.rate, Floor: update.rate, Goal: ratio.AtLeast(5)})
	b.report.add(row{What: many + ", requests/s; bbolt Batch", Ours: ours.rate, Floor: batch.rate})
	b.report.add(row{What: many + ", CPU; bbolt Update", Unit: "us", Ours: ours.cpu, Floor: update.cpu})
	b.report.add(row{What: many + ", p50; bbolt Batch", Unit: "ms", Ours: ours.p50, Floor: batch.p50, Goal: ratio.Within(8, "ms")})
	b.report.add(row{What: one + ", p50; bbolt Update", Unit: "ms", Ours: alone.p50, Floor: update.p50})
	return b.profileLoad(ctx, many, t)
}

// creates makes identities that are all different.
func creates(s *site) func(int) []byte {
	var n atomic.Int64
	head := "POST /v1/identities.createIdentity HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + s.rootKey +
		"\r\nContent-Type: application/json\r\nContent-Length: "
	return func(int) []byte {
		body := identity(fmt.Sprintf("user_%016x", n.Add(1)))
		return fmt.Appendf(nil, "%s%d\r\n\r\n%s", head, len(body), body)
	}
}
