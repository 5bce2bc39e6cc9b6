package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/holdplane/holdplane/bench/child"
	"github.com/holdplane/holdplane/bench/floor"
	"github.com/holdplane/holdplane/bench/load"
	"github.com/holdplane/holdplane/bench/ratio"
	"github.com/holdplane/holdplane/internal/servers"
)

// postgres compares creates through JSON in PostgreSQL with bare transactions that write
// the same rows there, and counts how many of two processes' run again.
func postgres(ctx context.Context, b *bench) (err error) {
	db, err := servers.RunPostgres()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s, err := b.site(ctx, b.fresh, "postgres")
	if err != nil {
		return err
	}
	one, err := b.onPostgres(ctx, s, db.Addr, "one")
	if err != nil {
		return err
	}
	defer one.stopInto(&err)
	other, err := b.onPostgres(ctx, s, db.Addr, "other")
	if err != nil {
		return err
	}
	defer other.stopInto(&err)
	database := func() (time.Duration, error) { return postgresCPU(db.Addr) }
	bare, err := floor.OpenPostgres(ctx, db.Addr, database)
	if err != nil {
		return err
	}
	defer bare.Close()
	next := creates(s)
	return b.comparePostgres(ctx, target{one, next}, target{other, next}, bare, database)
}

func (b *bench) comparePostgres(ctx context.Context, one, other target, bare *floor.Postgres, database func() (time.Duration, error)) error {
	var ours, both, transaction, pipeline series
	var reruns ratio.Series
	keep := func(into *series, r load.Result, err error) error {
		if err == nil {
			into.add(r)
		}
		return err
	}
	err := b.alternate(
		func() error {
			r, err := b.loadWith(ctx, one, clients, database)
			return keep(&ours, r, err)
		},
		func() error {
			r, err := bare.Transaction(ctx, b.round, clients)
			return keep(&transaction, r, err)
		},
		func() error {
			r, again, err := b.loadBoth(ctx, one, other)
			reruns = append(reruns, again)
			return keep(&both, r, err)
		},
		func() error {
			r, err := bare.Pipeline(ctx, b.round, clients)
			return keep(&pipeline, r, err)
		},
	)
	if err != nil {
		return err
	}
	const what = "create in PostgreSQL"
	b.report.add(row{What: what + ", requests/s; pgx transaction", Ours: ours.rate, Floor: transaction.rate, Goal: ratio.AtLeast(0.7)})
	b.report.add(row{What: what + ", requests/s; pgx in one round trip", Ours: ours.rate, Floor: pipeline.rate})
	b.report.add(row{What: what + ", CPU with PostgreSQL's; pgx transaction", Unit: "us", Ours: ours.cpu, Floor: transaction.cpu})
	b.report.add(row{What: what + ", p50; pgx transaction", Unit: "ms", Ours: ours.p50, Floor: transaction.p50})
	b.report.add(row{What: what + ", two processes, requests/s; pgx transaction", Ours: both.rate, Floor: transaction.rate})
	b.report.add(row{What: what + ", two processes, retries", Unit: "%", Ours: reruns, Goal: ratio.Within(2, "%")})
	return b.profileLoad(ctx, what, one)
}

// onPostgres starts one of several holdplanes on a database.
func (b *bench) onPostgres(ctx context.Context, s *site, dsn, name string) (srv *server, err error) {
	srv = &server{}
	if srv.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	process := *s
	process.name = s.name + "-" + name
	if err := b.part(srv, &process, "gateway,"+allServices,
		"--store", dsn, "--data-dir", s.dir, "--master-key-file", s.masterKey, "--bootstrap", s.bootstrap,
		"--grpc-addr", b.socket("grpc-"+name), "--internal-addr", b.socket("internal-"+name), "--http-addr", srv.addr,
	); err != nil {
		return nil, err
	}
	return srv, srv.await(ctx, "/readyz")
}

// loadWith is load, with the processor time of the database added to the target's.
func (b *bench) loadWith(ctx context.Context, t target, many int, database func() (time.Duration, error)) (load.Result, error) {
	return load.Load{
		Addr: t.server.addr, Clients: many, Next: t.next, Warm: warm, For: b.round,
		CPU: func() (time.Duration, error) {
			ours, err := t.server.cpu()
			theirs, failed := database()
			return ours + theirs, errors.Join(err, failed)
		},
	}.Run(ctx)
}

// loadBoth sends to two processes at once, from half the clients each, and returns what
// they did together, and how many percent of their Updates ran again.
func (b *bench) loadBoth(ctx context.Context, one, other target) (sum load.Result, again float64, err error) {
	var results [2]load.Result
	var before, after [2]counts
	work, inner := errgroup.WithContext(ctx)
	for i, t := range []target{one, other} {
		work.Go(func() (err error) {
			if before[i], err = storeCounts(inner, t.server); err != nil {
				return err
			}
			if results[i], err = b.load(inner, t, clients/2); err != nil {
				return err
			}
			after[i], err = storeCounts(inner, t.server)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return sum, 0, err
	}
	var updates, reruns float64
	for i, r := range results {
		sum.Ops += r.Ops
		sum.CPU += r.CPU
		sum.Elapsed, sum.P50, sum.P99 = max(sum.Elapsed, r.Elapsed), max(sum.P50, r.P50), max(sum.P99, r.P99)
		updates += after[i].updates - before[i].updates
		reruns += after[i].reruns - before[i].reruns
	}
	return sum, 100 * reruns / updates, nil
}

// counts are a process's counters of Updates and of runs beyond their first.
type counts struct{ updates, reruns float64 }

var storeCounter = regexp.MustCompile(`(?m)^holdplane_store_(updates|reruns)_total\{[^}]*\} (\S+)$`)

func storeCounts(ctx context.Context, s *server) (c counts, err error) {
	for _, admin := range s.admins {
		text, err := fetch(ctx, "http://"+admin+"/metrics")
		if err != nil {
			return c, err
		}
		found := storeCounter.FindAllSubmatch(text, -1)
		if len(found) == 0 {
			return c, errors.New("the store counts nothing")
		}
		for _, m := range found {
			v, err := strconv.ParseFloat(string(m[2]), 64)
			if err != nil {
				return c, err
			}
			if string(m[1]) == "updates" {
				c.updates += v
			} else {
				c.reruns += v
			}
		}
	}
	return c, nil
}

// postgresCPU is the processor time that a private PostgreSQL has used so far.
func postgresCPU(dsn string) (time.Duration, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return 0, errors.New("the address of PostgreSQL is no URL")
	}
	text, err := os.ReadFile(filepath.Join(u.Query().Get("host"), "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err := strconv.Atoi(string(line))
	if err != nil {
		return 0, fmt.Errorf("postmaster.pid: %w", err)
	}
	return child.Family(pid)
}
