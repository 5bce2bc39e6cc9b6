package table_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestRowEndsAtItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k := newStore(t), newKeys()
		end := time.Now().Add(time.Second)
		insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "1", Name: "n", ExpiresAtMs: end.UnixMilli()})
		there := func() bool {
			err := s.View(context.Background(), func(tx kv.Reader) error {
				_, err := k.Find(tx, table.Of("a"), "name", "n")
				return err
			})
			if err != nil && !errors.Is(err, kv.ErrNotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		time.Sleep(time.Second - time.Millisecond)
		if !there() {
			t.Error("row is gone before its end")
		}
		time.Sleep(time.Millisecond)
		if there() {
			t.Error("row is there at its end")
		}
	})
}

// A row that has ended can be replaced, and the sweeper leaves what has taken its place.
func TestEndedRowIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k := newStore(t), newKeys()
		insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "1", ExpiresAtMs: time.Now().UnixMilli()})
		err := s.Update(t.Context(), func(tx kv.Writer) error {
			old, err := k.Get(tx, table.Of("a"), "1")
			if !errors.Is(err, kv.ErrNotFound) || old.GetId() != "1" {
				t.Errorf("got %v, %v", old, err)
			}
			return k.Replace(tx, table.Of("a"), old, &storev1.RootKey{Id: "1", Name: "n"})
		})
		if err != nil {
			t.Fatal(err)
		}
		sweep(t, s, table.Set{k})
		err = s.View(t.Context(), func(tx kv.Reader) error {
			_, err := k.Get(tx, table.Of("a"), "1")
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestSweepRemovesWhatHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k := newStore(t), newKeys()
		for i := range 600 { // more than the sweeper does in one transaction
			insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: fmt.Sprint(i), Start: "s", ExpiresAtMs: time.Now().UnixMilli() + int64(i)})
		}
		insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "stays", Name: "n"})
		sweep(t, s, table.Set{k})
		if n := entries(t, s, nil); n != 3 { // the row, its name, the folded count
			t.Errorf("%d entries are left, want 3", n)
		}
		var count int64
		err := s.View(context.Background(), func(tx kv.Reader) (err error) {
			count, err = k.Count(tx, table.Of("a"))
			return err
		})
		if err != nil || count != 1 {
			t.Errorf("count is %d (%v), want 1", count, err)
		}
	})
}

// A tenant's folded count lies with the tenant and goes with it.
func TestSweepFoldsCountsIntoTheirScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k := newStore(t), newKeys()
		insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "1"}, &storev1.RootKey{Id: "2"})
		insert(t, s, k, table.Of("b"), &storev1.RootKey{Id: "1"})
		sweep(t, s, table.Set{k})
		if n := entries(t, s, nil); n != 5 { // three rows, two counts
			t.Errorf("%d entries are left, want 5", n)
		}
		if err := (table.Set{k}).Empty(t.Context(), s, table.Of("a"), func(kv.Writer) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if n := entries(t, s, nil); n != 2 {
			t.Errorf("%d entries are left, want 2", n)
		}
	})
}

// Marks of one key that comes and goes between two foldings cancel out, whatever was folded
// before.
func TestCountOfARowThatComesBack(t *testing.T) {
	for changes := range 6 {
		for folded := range changes + 1 {
			synctest.Test(t, func(t *testing.T) { countAfter(t, changes, folded) })
		}
	}
}

// countAfter inserts and deletes a row in turn; some of it is folded before the rest.
func countAfter(t *testing.T, changes, folded int) {
	s, k := newStore(t), newKeys()
	row := &storev1.RootKey{Id: "1"}
	for i := range changes {
		if i == folded {
			sweep(t, s, table.Set{k})
		}
		update(t, s, func(tx kv.Writer) error {
			if i%2 == 0 {
				return k.Insert(tx, table.Of("a"), row)
			}
			return k.Delete(tx, table.Of("a"), row)
		})
	}
	for _, when := range []string{"before", "after"} {
		var n int64
		err := s.View(t.Context(), func(tx kv.Reader) (err error) {
			n, err = k.Count(tx, table.Of("a"))
			return err
		})
		if err != nil || n != int64(changes%2) {
			t.Errorf("%d changes, %d of them folded, %s the last folding: got %d (%v)", changes, folded, when, n, err)
		}
		sweep(t, s, table.Set{k})
	}
}

// idle counts Updates.
type idle struct {
	kv.Store
	updates int
}

func (s *idle) Update(ctx context.Context, fn func(kv.Writer) error) error {
	s.updates++
	return s.Store.Update(ctx, fn)
}

func TestSweepLeavesAnIdleStoreAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k := &idle{Store: newStore(t)}, newKeys()
		insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "1", ExpiresAtMs: time.Now().Add(time.Hour).UnixMilli()})
		sweep(t, s, table.Set{k})
		before := s.updates
		sweep(t, s, table.Set{k})
		if s.updates != before {
			t.Errorf("the sweeper wrote %d times with nothing to do", s.updates-before)
		}
	})
}

func TestSweepReturnsTheStoresError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memkv.New()
		s.Close()
		if err := (table.Set{newKeys()}).Sweep(t.Context(), s, slog.New(slog.DiscardHandler)); !errors.Is(err, kv.ErrClosed) {
			t.Fatalf("got %v, want ErrClosed", err)
		}
	})
}

// troubled fails its first calls, as a store does that is busy or out of reach.
type troubled struct {
	kv.Store
	views, updates int
}

func (s *troubled) View(ctx context.Context, fn func(kv.Reader) error) error {
	if s.views--; s.views >= 0 {
		return kv.ErrUnavailable
	}
	return s.Store.View(ctx, fn)
}

func (s *troubled) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if s.updates--; s.updates >= 0 {
		return kv.ErrBusy
	}
	return s.Store.Update(ctx, fn)
}

func TestSweepOutlivesTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k := newStore(t), newKeys()
		insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "1"})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := (table.Set{k}).Sweep(ctx, &troubled{Store: s, views: 2, updates: 2}, slog.New(slog.DiscardHandler)); err != nil {
			t.Errorf("the sweeper gave up: %v", err)
		}
		if n := entries(t, s, nil); n != 2 { // the row and its count
			t.Errorf("%d entries are left, want 2: nothing was folded after the trouble", n)
		}
	})
}
