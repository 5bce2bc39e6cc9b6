package pgkv_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
)

// TestConflicts runs a transaction in which, once, another process commits a change.
func TestConflicts(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	for _, c := range []struct {
		name          string
		reads, writes string // of the one that conflicts
		other         func(w kv.Writer) error
		runs          int
	}{
		{"both change what both read", "x", "x", copyOf("x", "x"), 2},
		{"each changes what the other reads", "x", "y", copyOf("y", "x"), 2},
		{"both change the same unread", "", "x", set("x", "other"), 2},
		{"one reads what the other changes unread", "x", "y", set("x", "other"), 1},
		{"they change different entries", "", "x", set("y", "other"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, other := open(t, dsn, t.Name()), open(t, dsn, t.Name())
			fill(t, s)
			runs, meanwhile := 0, true
			err := s.Update(t.Context(), func(w kv.Writer) error {
				runs++
				// The transaction begins by reading, whatever it reads.
				if _, err := w.Get([]byte("far away" + c.reads)); !errors.Is(err, kv.ErrNotFound) {
					return err
				}
				if c.reads != "" {
					if _, err := w.Get([]byte(c.reads)); err != nil {
						return err
					}
				}
				if meanwhile {
					meanwhile = false
					if err := other.Update(t.Context(), c.other); err != nil {
						return err
					}
				}
				return w.Put([]byte(c.writes), []byte("first"))
			})
			if err != nil || runs != c.runs {
				t.Errorf("%d runs and error %v, want %d runs", runs, err, c.runs)
			}
			if got := int(s.Stats().Reruns); got != c.runs-1 {
				t.Errorf("counted %d runs more", got)
			}
		})
	}
}

func set(key, value string) func(kv.Writer) error {
	return func(w kv.Writer) error { return w.Put([]byte(key), []byte(value)) }
}

func copyOf(from, to string) func(kv.Writer) error {
	return func(w kv.Writer) error {
		value, err := w.Get([]byte(from))
		if err != nil {
			return err
		}
		return w.Put([]byte(to), append([]byte("copy of "), value...))
	}
}

// fill puts x and y, and enough between them for pages of their own: what a transaction
// reads is locked by pages of the index.
func fill(t *testing.T, s *pgkv.Store) {
	t.Helper()
	err := s.Update(t.Context(), func(w kv.Writer) error {
		for _, prefix := range []string{"a", "m", "xm", "z"} {
			for i := range 400 {
				if err := w.Put([]byte{prefix[0], prefix[len(prefix)-1], byte(i >> 8), byte(i)}, make([]byte, 10)); err != nil {
					return err
				}
			}
		}
		return errors.Join(w.Put([]byte("x"), []byte("1")), w.Put([]byte("y"), []byte("1")))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestConflictEndsWithTheContext(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	s, other := open(t, dsn, "s"), open(t, dsn, "s")
	ctx, cancel := context.WithCancel(t.Context())
	runs := 0
	err := s.Update(ctx, func(w kv.Writer) error {
		if runs++; runs == 5 {
			cancel()
		}
		if _, err := w.Get([]byte("x")); err != nil && !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		if err := other.Update(t.Context(), set("x", "other")); err != nil {
			return err
		}
		return w.Put([]byte("x"), nil)
	})
	if !errors.Is(err, context.Canceled) || runs != 5 {
		t.Errorf("error %v after %d runs", err, runs)
	}
}

// TestReadsLockEntriesOnly looks at the server's locks. One on the whole table would make
// every reader conflict with every writer.
func TestReadsLockEntriesOnly(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	s := open(t, dsn, "s")
	err := s.Update(t.Context(), func(w kv.Writer) error { return set("x", "1")(w) })
	if err != nil {
		t.Fatal(err)
	}
	admin := connect(t, dsn)
	if _, err := admin.Exec(t.Context(), "VACUUM ANALYZE s.entries"); err != nil { // now it is known to be small
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(w kv.Writer) error {
		if _, err := w.Get([]byte("x")); err != nil {
			return err
		}
		for _, keysOnly := range []bool{false, true} {
			for _, err := range w.Scan(kv.Range{KeysOnly: keysOnly}) {
				if err != nil {
					return err
				}
			}
		}
		var tables, all int
		err := admin.QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE locktype = 'relation'), count(*) FROM pg_locks"+
			" WHERE mode = 'SIReadLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").Scan(&tables, &all)
		if tables != 0 || all == 0 {
			t.Errorf("of %d locks %d are on the whole table", all, tables)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}
