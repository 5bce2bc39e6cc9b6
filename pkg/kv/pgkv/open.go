package pgkv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/holdplane/holdplane/pkg/kv/internal/overlay"
)

const (
	// defaultConns is the number of connections when the address doesn't say. Commits share
	// the server's fsyncs, so more connections than processors pay, up to about this many.
	defaultConns = 16
	// connectTime bounds a connection attempt when the address doesn't.
	connectTime = 5 * time.Second
	// trustTime is how long an idle connection is taken for alive without asking.
	trustTime = 50 * time.Millisecond
)

var (
	// ErrAddress is returned by Open for an address that can't be read. The error doesn't
	// repeat it, since its password could be anywhere in it.
	ErrAddress = errors.New("the address of PostgreSQL can't be read; it is like postgres://user:password@host:5432/database?sslmode=verify-full, with percent signs for special characters in the password")
	// ErrPlaintext is returned by Open for an address that would send data in plaintext to
	// another machine.
	ErrPlaintext = errors.New("the connection to PostgreSQL on another machine would not be encrypted; add sslmode=verify-full to its address")
)

// Options say where the data is.
type Options struct {
	// DSN is the address, as a postgres:// URL or in libpq's key=value form. What it leaves
	// out comes from libpq's environment variables and files: PGPASSWORD, ~/.pgpass and so
	// on. pool_max_conns is the number of connections, 16 if it isn't there.
	DSN string
	// Schema is the name of the schema, made when it is missing.
	Schema string
	// AllowPlaintext permits connections to other machines without TLS. May be false.
	AllowPlaintext bool
}

// Open connects to a database, and makes schema and tables when they are missing. Any
// number of processes may do so at once. Its errors say what an operator can do, and hold
// no password: ErrAddress, ErrPlaintext, ErrNewerLayout, kv.ErrUnavailable and others.
func Open(ctx context.Context, o Options) (*Store, error) {
	config, err := o.configure()
	if err != nil {
		return nil, err
	}
	s := &Store{where: where(&config.ConnConfig.Config), meters: newMeters(o.Schema)}
	s.gate.empty.L = &s.gate.mu
	s.overlays.New = func() any { return new(overlay.Tx) }
	config.ShouldPing = func(_ context.Context, p pgxpool.ShouldPingParams) bool {
		return p.IdleDuration > trustTime || time.Now().UnixNano() < s.suspect.Load()
	}
	if err := s.makeSchema(ctx, config.ConnConfig, o.Schema); err != nil {
		return nil, fmt.Errorf("open schema %s of %s: %w", o.Schema, s.where, err)
	}
	if s.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config); err != nil {
		return nil, fmt.Errorf("open schema %s of %s: %s", o.Schema, s.where, describe(err))
	}
	return s, nil
}

func (o Options) configure() (*pgxpool.Config, error) {
	if o.Schema == "" {
		return nil, errors.New("pgkv: a schema is needed")
	}
	config, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		return nil, ErrAddress
	}
	if !o.AllowPlaintext && leaksPlaintext(&config.ConnConfig.Config) {
		return nil, ErrPlaintext
	}
	if !strings.Contains(o.DSN, "pool_max_conns") {
		config.MaxConns = defaultConns
	}
	c := config.ConnConfig
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTime
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "holdplane " + o.Schema
	}
	prepared := statements(o.Schema)
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error { return prepare(ctx, c.PgConn(), prepared) }
	return config, nil
}

// settings make each plan the same for ever: by the primary key, which locks what is read
// and nothing else. On a small table the planner would rather read all of it, and a
// SERIALIZABLE transaction that has read all conflicts with every writer. A connection
// whose process is gone ends before long. Engines that don't know a setting skip it.
const settings = `SELECT set_config(name, value, false) FROM (VALUES
	('enable_seqscan', 'off'), ('enable_bitmapscan', 'off'), ('plan_cache_mode', 'force_generic_plan'),
	('idle_in_transaction_session_timeout', '60s')) AS wanted (name, value)
WHERE current_setting(name, true) IS NOT NULL`

// prepare makes a new connection ready, in two round trips.
func prepare(ctx context.Context, c *pgconn.PgConn, prepared map[string]string) error {
	if _, err := c.Exec(ctx, settings).ReadAll(); err != nil {
		return err
	}
	pipe := c.StartPipeline(ctx)
	for name, sql := range prepared {
		pipe.SendPrepare(name, sql, nil)
	}
	err := pipe.Sync()
	for range prepared {
		if err == nil {
			_, err = pipe.GetResults()
		}
	}
	if end := pipe.Close(); err == nil {
		err = end
	}
	return err
}

// where names the database in errors: host, port and name.
func where(c *pgconn.Config) string {
	if isSocket(c.Host) {
		return fmt.Sprintf("database %s in %s", c.Database, c.Host)
	}
	return fmt.Sprintf("database %s at %s", c.Database, net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))))
}

func leaksPlaintext(c *pgconn.Config) bool {
	if c.TLSConfig == nil && !isLocal(c.Host) {
		return true
	}
	for _, f := range c.Fallbacks { // other hosts, and what sslmode=prefer falls back to
		if f.TLSConfig == nil && !isLocal(f.Host) {
			return true
		}
	}
	return false
}

func isSocket(host string) bool { return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") }

func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return isSocket(host) || host == "localhost" || err == nil && ip.IsLoopback()
}
