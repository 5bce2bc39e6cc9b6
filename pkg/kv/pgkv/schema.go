package pgkv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/holdplane/holdplane/pkg/kv"
)

// layout is the version of the tables that is known here.
const layout = 1

// ErrNewerLayout is returned by Open for tables that this program is too old for.
var ErrNewerLayout = errors.New("its tables were made by a newer version of Holdplane: start that version")

// makeSchema makes what is missing, on a connection of its own.
func (s *Store) makeSchema(ctx context.Context, config *pgx.ConnConfig, schema string) error {
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return s.explainOpen(ctx, config, err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	for tries := 1; ; tries++ {
		err := makeTables(ctx, c, schema)
		if err == nil || errors.Is(err, ErrNewerLayout) {
			return err
		}
		// Another process that makes the same at the same time; the next look finds it made.
		meanwhile := is(err, codeUniqueViolation, codeSchemaExists, codeTableExists, codeSerialization, codeDeadlock)
		if !meanwhile || tries == 10 {
			return s.explainOpen(ctx, config, err)
		}
		select {
		case <-time.After(time.Duration(tries) * 10 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func makeTables(ctx context.Context, c *pgx.Conn, schema string) error {
	err := checkLayout(ctx, c, schema)
	if !is(err, codeNoTable, codeNoSchema) {
		return err
	}
	tx, err := c.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // does nothing after the commit
	var exists bool
	// CREATE SCHEMA IF NOT EXISTS wants the right to make one even where there is one.
	if err := tx.QueryRow(ctx, "SELECT count(*) > 0 FROM pg_namespace WHERE nspname = $1", schema).Scan(&exists); err != nil {
		return err
	}
	steps := []string{
		"CREATE TABLE IF NOT EXISTS " + tableIn(schema, entryTable) + " (key bytea PRIMARY KEY, value bytea NOT NULL)",
		"CREATE TABLE IF NOT EXISTS " + tableIn(schema, layoutTable) + " (version integer PRIMARY KEY)",
		fmt.Sprintf("INSERT INTO %s VALUES (%d) ON CONFLICT DO NOTHING", tableIn(schema, layoutTable), layout),
	}
	if !exists {
		steps = append([]string{"CREATE SCHEMA " + pgx.Identifier{schema}.Sanitize()}, steps...)
	}
	for _, sql := range steps {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

func checkLayout(ctx context.Context, c *pgx.Conn, schema string) error {
	var version int
	err := c.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM "+tableIn(schema, layoutTable)).Scan(&version)
	if err == nil && version != layout {
		err = fmt.Errorf("%w (their layout is %d, this one knows %d)", ErrNewerLayout, version, layout)
	}
	return err
}

// explainOpen says what to do about a server that doesn't let us in.
func (s *Store) explainOpen(ctx context.Context, c *pgx.ConnConfig, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case is(err, codeAuthorization):
		return fmt.Errorf("the server refuses user %s; check its name and password (which may also be in PGPASSWORD or a password file) and the server's pg_hba.conf: %s", c.User, describe(err))
	case is(err, codeNoDatabase):
		return fmt.Errorf("there is no such database; make it with: CREATE DATABASE %s", pgx.Identifier{c.Database}.Sanitize())
	case is(err, codePermission):
		user := pgx.Identifier{c.User}.Sanitize()
		return fmt.Errorf("user %s may not use or make the schema and its tables; let the owner run: GRANT CREATE ON DATABASE %s TO %s: %s",
			c.User, pgx.Identifier{c.Database}.Sanitize(), user, describe(err))
	case code(err) == "", is(err, codeConnection, codeResources, codeOperator, codeSystem, codeReadOnly):
		return fmt.Errorf("%w: %s", kv.ErrUnavailable, describe(err))
	}
	return errors.New(describe(err))
}
