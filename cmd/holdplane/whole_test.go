package main

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table/tabletest"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// wantWhole verifies what the servers of an installation, which are stopped, have left in
// their stores.
func (in *installation) wantWhole(t *testing.T) {
	t.Helper()
	master, err := seal.OpenMasterFile(in.key)
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range services {
		in.openStore(t, spec, func(file kv.Store) {
			store, err := sealedkv.Open(t.Context(), file, sealedkv.Options{Service: spec.name, Master: master})
			if err != nil {
				t.Fatal(err)
			}
			s := spec.build(serviceDeps{
				store: store, blind: store.Indexer(), cursors: page.New(store.Sealer("cursor")), identity: rpc.NewLocal(),
				states: store.Sealer("states"), catalog: shipped,
				metrics: prometheus.NewRegistry(), log: slog.New(slog.DiscardHandler),
			})
			tabletest.Whole(t, store, s.Tables())
		})
	}
}

// openStore opens a service's store below its seals, unless nothing was written to it.
func (in *installation) openStore(t *testing.T, spec serviceSpec, do func(kv.Store)) {
	t.Helper()
	path := filepath.Join(in.data, spec.name+".db")
	if in.postgres == "" && !fileExists(path) {
		return
	}
	open := func() (kv.Store, error) { return boltkv.Open(path, boltkv.Options{}) }
	if in.postgres != "" {
		open = func() (kv.Store, error) {
			return pgkv.Open(t.Context(), pgkv.Options{DSN: in.postgres, Schema: schemaOf(spec.name)})
		}
	}
	store, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	written := false
	err = store.View(t.Context(), func(tx kv.Reader) error {
		for _, err := range tx.Scan(kv.Range{Limit: 1}) {
			written = err == nil
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if written {
		do(store)
	}
}
