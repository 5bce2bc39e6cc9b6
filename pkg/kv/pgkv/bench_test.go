package pgkv_test

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/seal"
)

const benchWriters = 64

var (
	lastID   atomic.Uint64
	value300 = make([]byte, 300)
)

// newRows are what creating a resource writes: the row itself, under a time-ordered id, a
// row of an index, and an audit record.
func newRows() [3][]byte {
	id := lastID.Add(1)
	random := make([]byte, 16)
	rand.Read(random)
	return [3][]byte{
		key.New("t", "acme", "identity", id), key.New("t", "acme", "identity.external", random, id), key.New("t", "acme", "audit", id),
	}
}

// BenchmarkCreate writes three rows of 300 bytes durably, from 64 goroutines. "bare" is
// what is written by hand with pgx on as many connections: as most do it, in five round
// trips and READ COMMITTED; and with all that pgx can do, in one.
func BenchmarkCreate(b *testing.B) {
	dsn, ctx := servers.Postgres(b), context.Background()
	master, err := seal.CreateMasterFile(filepath.Join(b.TempDir(), "master"))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("pgkv", func(b *testing.B) {
		s := open(b, dsn, "plain")
		concurrently(b, dsn, s, func() error {
			rows := newRows()
			return s.Update(ctx, func(w kv.Writer) error { return putRows(w, rows) })
		})
	})
	b.Run("pgkv with a read first", func(b *testing.B) {
		s := open(b, dsn, "plain")
		concurrently(b, dsn, s, func() error {
			rows := newRows()
			return s.Update(ctx, func(w kv.Writer) error {
				if _, err := w.Get(rows[1]); !errors.Is(err, kv.ErrNotFound) {
					return err
				}
				return putRows(w, rows)
			})
		})
	})
	b.Run("pgkv with an expectation", func(b *testing.B) {
		s := open(b, dsn, "plain")
		concurrently(b, dsn, s, func() error {
			rows := newRows()
			return s.Update(ctx, func(w kv.Writer) error {
				if free, err := w.Expect(rows[1], nil); err != nil || !free {
					return errors.Join(err, errors.New("taken"))
				}
				return putRows(w, rows)
			})
		})
	})
	b.Run("sealedkv on pgkv", func(b *testing.B) {
		inner := open(b, dsn, "sealed")
		s, err := sealedkv.Open(ctx, inner, sealedkv.Options{Service: "identity", Master: master})
		if err != nil {
			b.Fatal(err)
		}
		concurrently(b, dsn, inner, func() error {
			rows := newRows()
			return s.Update(ctx, func(w kv.Writer) error { return putRows(w, rows) })
		})
	})
	for name, create := range map[string]func(context.Context, *pgxpool.Pool, [3][]byte) error{
		"bare pgx": bareCreate, "bare pgx in one round trip": bareBatch,
	} {
		b.Run(name, func(b *testing.B) {
			pool := barePool(b, dsn)
			concurrently(b, dsn, nil, func() error { return create(ctx, pool, newRows()) })
		})
	}
}

func putRows(w kv.Writer, rows [3][]byte) error {
	for _, k := range rows {
		if err := w.Put(k, value300); err != nil {
			return err
		}
	}
	return nil
}

const bareInsert = "INSERT INTO bare (key, value) VALUES ($1, $2)"

func bareCreate(ctx context.Context, pool *pgxpool.Pool, rows [3][]byte) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for _, k := range rows {
			if _, err := tx.Exec(ctx, bareInsert, k, value300); err != nil {
				return err
			}
		}
		return nil
	})
}

func bareBatch(ctx context.Context, pool *pgxpool.Pool, rows [3][]byte) error {
	var batch pgx.Batch
	batch.Queue("BEGIN")
	for _, k := range rows {
		batch.Queue(bareInsert, k, value300)
	}
	batch.Queue("COMMIT")
	return pool.SendBatch(ctx, &batch).Close()
}

func barePool(b *testing.B, dsn string) *pgxpool.Pool {
	b.Helper()
	pool, err := pgxpool.New(context.Background(), dsn+"&pool_max_conns=16")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	if _, err := pool.Exec(context.Background(), "CREATE TABLE IF NOT EXISTS bare (key bytea PRIMARY KEY, value bytea NOT NULL)"); err != nil {
		b.Fatal(err)
	}
	return pool
}

// concurrently runs op b.N times on 64 goroutines. With a store it reports how often
// transactions ran again.
func concurrently(b *testing.B, dsn string, s *pgkv.Store, op func() error) {
	b.Helper()
	b.ReportAllocs()
	run(b, 10*benchWriters, op) // until all connections are open
	var before int64
	if s != nil {
		before = s.Stats().Reruns
	}
	b.ResetTimer()
	cpu := startClock(b, dsn)
	run(b, b.N, op)
	cpu.stop()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
	if s != nil {
		b.ReportMetric(float64(s.Stats().Reruns-before)/float64(b.N), "reruns/op")
	}
}

func run(b *testing.B, n int, op func() error) {
	b.Helper()
	errs := make(chan error, benchWriters)
	var left atomic.Int64
	left.Store(int64(n))
	for range benchWriters {
		go func() {
			for left.Add(-1) >= 0 {
				if err := op(); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range benchWriters {
		if err := <-errs; err != nil {
			b.Fatal(err)
		}
	}
}
