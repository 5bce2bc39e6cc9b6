package sealedkv_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/kvtest"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
)

// TestOnPostgres runs the contract on a driver of many processes, where the row of a
// tenant's keyset is read and locked by real transactions.
func TestOnPostgres(t *testing.T) {
	t.Parallel()
	dsn, master := servers.Postgres(t), newMaster(t)
	openPrefixed := func(t *testing.T) kv.Store {
		if strings.HasSuffix(t.Name(), "/sizes_are_limited") {
			return memkv.New() // as in stores
		}
		inner, err := pgkv.Open(t.Context(), pgkv.Options{DSN: dsn, Schema: rand.Text()})
		if err != nil {
			t.Fatal(err)
		}
		store := open(t, inner, master)
		t.Cleanup(func() {
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
		return prefixed{store, prefixes["tenant"]}
	}
	t.Run("conformance", func(t *testing.T) { kvtest.Run(t, openPrefixed) })
	t.Run("simulation", func(t *testing.T) { kvtest.Simulate(t, openPrefixed, 1, 200) })
}
