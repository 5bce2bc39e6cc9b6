package main

import (
	"context"
	"fmt"
	"time"

	"github.com/holdplane/holdplane/bench/ratio"
)

// startLimit is how soon a server should answer.
var startLimit = ratio.Within(150, "ms")

// starts are the times of one server's starts.
type starts struct{ ready, first ratio.Series }

// ready measures from the start of the process to the first 200 of the readiness check,
// and to the first identity read, with few records and with many. Files are in the
// page cache.
func ready(ctx context.Context, b *bench) error {
	small, large, err := b.sites(ctx)
	if err != nil {
		return err
	}
	var few, many starts
	var bare ratio.Series
	err = b.alternate(
		b.timeStart(ctx, small, &few),
		b.timeStart(ctx, large, &many),
		func() error { return b.timeFloor(ctx, &bare) },
	)
	if err != nil {
		return err
	}
	b.report.add(row{What: fmt.Sprintf("ready, %d records; bare gateway", smallStore), Unit: "ms", Ours: few.ready, Floor: bare, Goal: startLimit})
	b.report.add(row{What: fmt.Sprintf("ready, %d records; bare gateway", b.n), Unit: "ms", Ours: many.ready, Floor: bare, Goal: startLimit})
	b.report.add(row{What: fmt.Sprintf("first get, %d records", smallStore), Unit: "ms", Ours: few.first, Goal: startLimit})
	b.report.add(row{What: fmt.Sprintf("first get, %d records", b.n), Unit: "ms", Ours: many.first, Goal: startLimit})
	return nil
}

// known is a site and an identity in it.
type known struct {
	*site
	id string
}

// sites returns the small and the large store, filled, and no server on them.
func (b *bench) sites(ctx context.Context) (small, large known, err error) {
	s, err := b.site(ctx, b.fresh, "small")
	if err != nil {
		return small, large, err
	}
	srv, err := b.whole(ctx, s)
	if err != nil {
		return small, large, err
	}
	err = b.fill(ctx, srv, s, smallStore)
	if small, err = oneOf(ctx, srv, s, err); err != nil {
		return small, large, err
	}
	s, srv, err = b.large(ctx)
	if err != nil {
		return small, large, err
	}
	large, err = oneOf(ctx, srv, s, nil)
	return small, large, err
}

// oneOf looks up an identity, unless there is an error already, and stops the server.
func oneOf(ctx context.Context, srv *server, s *site, err error) (known, error) {
	defer srv.stopInto(&err)
	var ids []string
	if err == nil {
		ids, err = newAPI(srv, s).ids(ctx, 1)
	}
	if err != nil {
		return known{}, err
	}
	return known{s, ids[0]}, err
}

func (b *bench) timeStart(ctx context.Context, s known, into *starts) func() error {
	return func() (err error) {
		begin := time.Now()
		srv, err := b.startWhole(s.site)
		if err != nil {
			return err
		}
		if err := srv.await(ctx, "/readyz"); err != nil {
			return err
		}
		defer srv.stopInto(&err)
		into.ready = append(into.ready, milliseconds(time.Since(begin)))
		var got struct{ ID string }
		if err := newAPI(srv, s.site).call(ctx, "GET", getPath(s.id), nil, &got); err != nil {
			return err
		}
		into.first = append(into.first, milliseconds(time.Since(begin)))
		return nil
	}
}

func (b *bench) timeFloor(ctx context.Context, into *ratio.Series) error {
	begin := time.Now()
	srv, err := b.startDirect()
	if err != nil {
		return err
	}
	if err := srv.await(ctx, anyGet); err != nil {
		return err
	}
	*into = append(*into, milliseconds(time.Since(begin)))
	return srv.stop()
}
