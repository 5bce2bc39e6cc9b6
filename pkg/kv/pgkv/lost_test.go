package pgkv_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
)

// TestLostConnections ends the server's side of all connections amid an Update.
func TestLostConnections(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	admin := connect(t, dsn)
	for name, reads := range map[string][2]bool{ // before and after the loss
		"before anything was sent": {false, false},
		"before a read":            {false, true},
		"between reads":            {true, true},
		"before the commit":        {true, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, dsn, t.Name())
			if err := s.Update(t.Context(), set("n", "")); err != nil {
				t.Fatal(err)
			}
			runs := 0
			read := func(w kv.Writer, wanted bool) error {
				if !wanted {
					return nil
				}
				_, err := w.Get([]byte("n"))
				return err
			}
			err := s.Update(t.Context(), func(w kv.Writer) error {
				runs++
				if err := read(w, reads[0]); err != nil {
					return err
				}
				if runs == 1 {
					if err := endAll(t.Context(), admin); err != nil {
						return err
					}
				}
				// What the function makes of an error doesn't count.
				_ = read(w, reads[1])
				return set("n", "1")(w)
			})
			if err != nil {
				t.Error(err)
			}
			want(t, s, "n", "1")
		})
	}
}

// endAll ends the other connections to the database.
func endAll(ctx context.Context, admin *pgx.Conn) error {
	_, err := admin.Exec(ctx, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	return err
}

func TestLostView(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	admin := connect(t, dsn)
	s := open(t, dsn, "s")
	if err := s.Update(t.Context(), set("n", "1")); err != nil {
		t.Fatal(err)
	}
	err := s.View(t.Context(), func(r kv.Reader) error {
		if _, err := r.Get([]byte("n")); err != nil {
			t.Error(err)
		}
		if err := endAll(t.Context(), admin); err != nil {
			t.Error(err)
		}
		_, err := r.Get([]byte("n"))
		return err
	})
	if !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	want(t, s, "n", "1")
}

// TestRestart ends the server and starts it again.
func TestRestart(t *testing.T) {
	t.Parallel()
	server := servers.StartPostgres(t)
	s := open(t, server.Addr, "s")
	for name, end := range map[string]func(*servers.Server, testing.TB){
		"stopped": (*servers.Server).Stop, "killed": (*servers.Server).Kill,
	} {
		t.Run(name, func(t *testing.T) {
			if err := s.Update(t.Context(), set("n", name)); err != nil {
				t.Fatal(err)
			}
			end(server, t)
			for range 3 {
				if err := s.Update(t.Context(), set("n", "")); !errors.Is(err, kv.ErrUnavailable) && !errors.Is(err, kv.ErrUnknown) {
					t.Errorf("Update without a server: %v", err)
				}
				if err := s.View(t.Context(), func(r kv.Reader) error {
					_, err := r.Get([]byte("n"))
					return err
				}); !errors.Is(err, kv.ErrUnavailable) {
					t.Errorf("View without a server: %v", err)
				}
			}
			server.Start(t)
			want(t, s, "n", name)
			if err := s.Update(t.Context(), set("n", "again")); err != nil {
				t.Error(err)
			}
			want(t, s, "n", "again")
		})
	}
}

// TestLostCommit cuts the connection while the commit is under way: neither outcome can
// be told from the other.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	for name, c := range map[string]struct {
		mode   int
		commit bool
		want   error
	}{
		"the commit is lost":           {cutBefore, false, kv.ErrUnknown},
		"the answer is lost":           {cutAfter, true, kv.ErrUnknown},
		"the answer comes too late":    {stall, true, context.DeadlineExceeded},
		"nothing was changed and lost": {cutBefore, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := startProxy(t, dsn)
			s, direct := open(t, proxy.dsn, t.Name()), open(t, dsn, t.Name())
			if err := direct.Update(t.Context(), set("n", "0")); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			want(t, s, "n", "0") // and the connection is open
			proxy.mode.Store(int32(c.mode))
			err := s.Update(ctx, func(w kv.Writer) error {
				if _, err := w.Get([]byte("n")); err != nil || c.want == nil {
					return err
				}
				return set("n", "1")(w)
			})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			proxy.mode.Store(forward)
			eventually(t, direct, "n", map[bool]string{false: "0", true: "1"}[c.commit])
			want(t, s, "n", map[bool]string{false: "0", true: "1"}[c.commit])
		})
	}
}

func want(t *testing.T, s *pgkv.Store, key, value string) {
	t.Helper()
	err := s.View(t.Context(), func(r kv.Reader) error {
		got, err := r.Get([]byte(key))
		if err == nil && string(got) != value {
			t.Errorf("%s is %q, want %q", key, got, value)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// eventually waits until a key has a value.
func eventually(t *testing.T, s *pgkv.Store, key, value string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(10 * time.Second); ; {
		var got []byte
		err := s.View(t.Context(), func(r kv.Reader) (err error) {
			got, err = r.Get([]byte(key))
			return err
		})
		if err != nil || string(got) == value {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s is %q, not %q", key, got, value)
		}
	}
}
