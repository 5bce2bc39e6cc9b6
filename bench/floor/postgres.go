package floor

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/holdplane/holdplane/bench/load"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// Postgres is a table like holdplane's, written with bare pgx. One create is the four
// rows that holdplane writes for an identity, with keys like theirs and values as long:
// the identity, its index by external id, its audit record, and its count.
type Postgres struct {
	pool   *pgxpool.Pool
	server func() (time.Duration, error)
}

// Lengths of the values that holdplane stores for one identity like Sample, sealed.
const (
	identityLen = 283
	indexLen    = 92
	auditLen    = 180
	countLen    = 45
)

// OpenPostgres makes the table in the database at an address, over as many connections
// as holdplane opens. server is the processor time that PostgreSQL has used so far.
func OpenPostgres(ctx context.Context, dsn string, server func() (time.Duration, error)) (*Postgres, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("the floor's address of PostgreSQL: %w", err)
	}
	config.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	_, err = pool.Exec(ctx, "CREATE TABLE floor (key bytea PRIMARY KEY, value bytea NOT NULL)")
	return &Postgres{pool: pool, server: server}, err
}

// Close ends the connections.
func (p *Postgres) Close() { p.pool.Close() }

const insert = "INSERT INTO floor (key, value) VALUES ($1, $2)"

// Transaction creates as one does with pgx: BEGIN, an INSERT for each row, COMMIT, each a
// round trip, READ COMMITTED.
func (p *Postgres) Transaction(ctx context.Context, d time.Duration, writers int) (load.Result, error) {
	return measure(ctx, d, writers, p.cpu, func() error {
		return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
			for _, row := range rows() {
				if _, err := tx.Exec(ctx, insert, row.key, row.value); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Pipeline creates by the same statements in a single round trip: the least there is.
func (p *Postgres) Pipeline(ctx context.Context, d time.Duration, writers int) (load.Result, error) {
	return measure(ctx, d, writers, p.cpu, func() error {
		batch := &pgx.Batch{}
		batch.Queue("BEGIN")
		for _, row := range rows() {
			batch.Queue(insert, row.key, row.value)
		}
		batch.Queue("COMMIT")
		return p.pool.SendBatch(ctx, batch).Close()
	})
}

func (p *Postgres) cpu() (time.Duration, error) {
	d, err := p.server()
	return ownCPU() + d, err
}

type row struct{ key, value []byte }

func rows() [4]row {
	identity, audit, random := id.New("id"), id.New("aud"), []byte(id.Secret("x"))
	return [4]row{
		{key.New("g", "count", "identity", key.New("t", "bench"), key.New(identity), "+"), make([]byte, countLen)},
		{key.New("t", "bench", "audit", audit), make([]byte, auditLen)},
		{key.New("t", "bench", "identity", identity), make([]byte, identityLen)},
		{key.New("t", "bench", "identity/external", random[len(random)-16:]), make([]byte, indexLen)},
	}
}
