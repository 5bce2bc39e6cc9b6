package kvtest

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

var lifeTests = []test{
	{"a closed store refuses everything", closed},
	{"Close may be repeated", closeTwice},
	{"Close waits for running transactions", closeWaits},
	{"Close amid transactions loses none that succeeded", closeAmid},
}

func closed(t *testing.T, s kv.Store) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ran := false
	wantErr(t, "Update", s.Update(t.Context(), func(kv.Writer) error { ran = true; return nil }), kv.ErrClosed)
	wantErr(t, "View", s.View(t.Context(), func(kv.Reader) error { ran = true; return nil }), kv.ErrClosed)
	if ran {
		t.Error("a function ran")
	}
}

func closeTwice(t *testing.T, s kv.Store) {
	each(t, workers, func(int) error { return s.Close() })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func closeWaits(t *testing.T, s kv.Store) {
	put(t, s, "a=1")
	var ended atomic.Bool
	running, result := make(chan struct{}), make(chan error)
	go func() {
		result <- s.View(t.Context(), func(tx kv.Reader) error {
			close(running)
			for range 1000 {
				runtime.Gosched()
			}
			err := wantValue(t, tx, "a", "1")
			ended.Store(true)
			return err
		})
	}()
	<-running
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if !ended.Load() {
		t.Error("Close returned while a View was running")
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
}

func closeAmid(t *testing.T, s kv.Store) {
	var begun atomic.Int64
	each(t, workers, func(worker int) error {
		for i := 0; ; i++ {
			if worker == 0 && begun.Load() > workers*3 {
				return s.Close()
			}
			begun.Add(1)
			err := s.Update(t.Context(), increment("n"))
			if errors.Is(err, kv.ErrClosed) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("round %d: %w", i, err)
			}
		}
	})
}

// Reopen checks that what was acknowledged is there after closing and opening again.
// open opens the store at a place, an empty folder at first; it closes it in t.Cleanup
// unless the test has done so.
func Reopen(t *testing.T, open func(t *testing.T, place string) kv.Store) {
	t.Helper()
	place := t.TempDir()
	var expect []string
	for round := range 4 {
		s := open(t, place)
		want(t, s, expect...)
		expect = append(expect, fmt.Sprintf("%d=kept", round))
		put(t, s, expect[round], "gone=1")
		wantErr(t, "Update", s.Update(t.Context(), func(tx kv.Writer) error {
			return errors.Join(tx.Put([]byte("lost"), nil), errTest)
		}), errTest)
		update(t, s, func(tx kv.Writer) error { return tx.Delete([]byte("gone")) })
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want(t, open(t, place), expect...)
}
