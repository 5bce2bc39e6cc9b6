package pgkv_test

import (
	"crypto/rand"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/kvtest"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// They hold the servers until the binary ends.
		goleak.IgnoreAnyFunction("github.com/holdplane/holdplane/internal/servers.(*Server).start.func1"))
}

// open opens the store in a schema and closes it in the end.
func open(t testing.TB, dsn, schema string) *pgkv.Store {
	t.Helper()
	s, err := pgkv.Open(t.Context(), pgkv.Options{DSN: dsn, Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// opener opens empty stores in one database.
func opener(t *testing.T) func(t *testing.T) kv.Store {
	dsn := servers.Postgres(t)
	return func(t *testing.T) kv.Store { return open(t, dsn, rand.Text()) }
}

func TestConformance(t *testing.T) {
	t.Parallel()
	kvtest.Run(t, opener(t))
}

func TestReopen(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	kvtest.Reopen(t, func(t *testing.T, place string) kv.Store { return open(t, dsn, filepath.Base(filepath.Dir(place))) })
}

func TestSimulation(t *testing.T) {
	t.Parallel()
	openNew := opener(t)
	for seed := range uint64(2) {
		kvtest.Simulate(t, openNew, seed, 400)
	}
}
