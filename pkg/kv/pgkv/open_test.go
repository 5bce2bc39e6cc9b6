package pgkv_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	admin := connect(t, dsn)
	for _, sql := range []string{
		"CREATE ROLE weak LOGIN PASSWORD 'Xk29'",
		"CREATE SCHEMA later", "CREATE TABLE later.layout (version integer)", "INSERT INTO later.layout VALUES (99)",
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		dsn, schema string
		want        error
		says        string
	}{
		"no address":                {"", "", nil, "schema is needed"},
		"no URL":                    {"postgres://u:Xk29%zz@h/db", "s", pgkv.ErrAddress, "postgres://user"},
		"an unknown setting":        {"postgres://u:Xk29@127.0.0.1/db?sslmode=Xk29", "s", pgkv.ErrAddress, "postgres://user"},
		"a password cut in two":     {"postgres://u:a/Xk29@h/db", "s", pgkv.ErrAddress, "postgres://user"},
		"plaintext":                 {"postgres://u:Xk29@db.example/db?sslmode=disable", "s", pgkv.ErrPlaintext, "sslmode=verify-full"},
		"plaintext as a fallback":   {"postgres://u:Xk29@db.example/db", "s", pgkv.ErrPlaintext, "sslmode=verify-full"},
		"plaintext to a later host": {"postgres://u:Xk29@localhost,db.example/db", "s", pgkv.ErrPlaintext, "sslmode=verify-full"},
		"no server":                 {"postgres://u:Xk29@127.0.0.1:1/db", "s", kv.ErrUnavailable, "127.0.0.1:1"},
		"no socket":                 {"postgres://u:Xk29@/db?host=/nowhere", "s", kv.ErrUnavailable, "database db in /nowhere"},
		"a wrong password":          {change(t, dsn, url.UserPassword("weak", "Xk29!"), ""), "s", nil, "refuses user weak"},
		"a database that is none":   {change(t, dsn, nil, "no such"), "s", nil, `CREATE DATABASE "no such"`},
		"no permission":             {change(t, dsn, url.UserPassword("weak", "Xk29"), ""), "s", nil, "GRANT CREATE ON DATABASE"},
		"a newer layout":            {dsn, "later", pgkv.ErrNewerLayout, "their layout is 99"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := pgkv.Open(t.Context(), pgkv.Options{DSN: c.dsn, Schema: c.schema})
			if err == nil {
				t.Fatal("it was opened", s.Close())
			}
			if c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
			for _, secret := range []string{"Xk29", servers.Password, url.QueryEscape(servers.Password)} {
				if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, secret) {
					t.Errorf("%s tells the password", text)
				}
			}
		})
	}
}

// change replaces parts of an address.
func change(t *testing.T, dsn string, user *url.Userinfo, database string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if user != nil {
		u.User = user
	}
	if database != "" {
		u.Path = "/" + database
	}
	return u.String()
}

// TestOpenNeedsNoRightsOnTheDatabase opens a schema that the owner of the database has made.
func TestOpenNeedsNoRightsOnTheDatabase(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	admin := connect(t, dsn)
	for _, sql := range []string{"CREATE ROLE guest LOGIN PASSWORD 'guest'", "CREATE SCHEMA made AUTHORIZATION guest"} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		s, err := pgkv.Open(t.Context(), pgkv.Options{DSN: change(t, dsn, url.UserPassword("guest", "guest"), ""), Schema: "made"})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Update(t.Context(), set("n", "1")), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := pgkv.Open(t.Context(), pgkv.Options{DSN: dsn, Schema: `a "new" one`})
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(s.Update(t.Context(), set("n", "1")), s.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestTooFewConnections lets the server refuse what the store may have.
func TestTooFewConnections(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	admin := connect(t, dsn)
	for _, sql := range []string{"CREATE ROLE modest LOGIN PASSWORD 'modest' CONNECTION LIMIT 2", "CREATE SCHEMA s AUTHORIZATION modest"} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, change(t, dsn, url.UserPassword("modest", "modest"), ""), "s")
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			if err := s.Update(t.Context(), set(fmt.Sprint(i), "")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := s.Stats().Connections; got < 1 || got > 2 {
		t.Errorf("%d connections", got)
	}
}

func TestTooManyCalls(t *testing.T) {
	t.Parallel()
	s := open(t, servers.Postgres(t), "s")
	var waiting, done sync.WaitGroup
	hold := make(chan struct{})
	waiting.Add(pgkv.MaxCalls)
	for range pgkv.MaxCalls {
		done.Go(func() {
			err := s.View(t.Context(), func(kv.Reader) error {
				waiting.Done()
				<-hold
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	waiting.Wait()
	if got := s.Stats().Calls; got != pgkv.MaxCalls {
		t.Errorf("%d calls are counted", got)
	}
	if err := s.Update(t.Context(), set("n", "1")); !errors.Is(err, kv.ErrBusy) {
		t.Errorf("Update: %v", err)
	}
	if err := s.View(t.Context(), func(kv.Reader) error { return nil }); !errors.Is(err, kv.ErrBusy) {
		t.Errorf("View: %v", err)
	}
	close(hold)
	done.Wait()
	if err := s.Update(t.Context(), set("n", "1")); err != nil {
		t.Error(err)
	}
}
