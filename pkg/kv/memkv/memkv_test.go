package memkv_test

import (
	"errors"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/kvtest"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
)

func open(t *testing.T) kv.Store {
	t.Helper()
	s := memkv.New()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) { kvtest.Run(t, open) }

func TestSimulation(t *testing.T) {
	for seed := range uint64(8) {
		kvtest.Simulate(t, open, seed, 2000)
	}
}

func TestFunctionsRunTwice(t *testing.T) {
	s := open(t)
	runs := 0
	err := s.Update(t.Context(), func(tx kv.Writer) error {
		if _, err := tx.Get([]byte("a")); !errors.Is(err, kv.ErrNotFound) {
			t.Errorf("run %d finds the other run's change", runs)
		}
		runs++
		return tx.Put([]byte("a"), nil)
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, error %v", runs, err)
	}
}
