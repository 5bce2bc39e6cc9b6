package boltkv_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
	"github.com/holdplane/holdplane/pkg/kv/kvtest"
)

// open opens the store in a folder. In the end it closes it and checks the file.
func open(t *testing.T, folder string, opts boltkv.Options) *boltkv.Store {
	t.Helper()
	path := filepath.Join(folder, "store.db")
	s, err := boltkv.Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		check(t, path)
	})
	return s
}

func check(t *testing.T, path string) {
	t.Helper()
	s, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Not t.Context(), which has ended when Cleanup runs.
	if err := s.Check(context.Background()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func openNew(t *testing.T) kv.Store { return open(t, t.TempDir(), boltkv.Options{}) }

func TestConformance(t *testing.T) { kvtest.Run(t, openNew) }

func TestReopen(t *testing.T) {
	kvtest.Reopen(t, func(t *testing.T, place string) kv.Store { return open(t, place, boltkv.Options{}) })
}

func TestSimulation(t *testing.T) {
	for seed := range uint64(4) {
		kvtest.Simulate(t, openNew, seed, 2000)
	}
}
