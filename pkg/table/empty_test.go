package table_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestEmptyWorksInBoundedTransactions(t *testing.T) {
	s, k := newStore(t), newKeys()
	var rows []*storev1.RootKey
	for i := range 700 {
		rows = append(rows, &storev1.RootKey{Id: fmt.Sprint(i), Name: fmt.Sprint(i), Start: "s", ExpiresAtMs: 1 << 50})
	}
	insert(t, s, k, table.Of("a"), rows...)
	insert(t, s, k, table.Of("b"), rows...)
	if err := (table.Set{k}).Empty(t.Context(), s, table.Of("a"), func(kv.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if n := entries(t, s, key.New("t", "a")); n != 0 {
		t.Errorf("%d entries are left in the emptied scope", n)
	}
	// A row, its name, its start, its end of life; and the folded count.
	if n, want := entries(t, s, nil), 700*4+1; n != want {
		t.Errorf("%d entries are left in all, want the other scope's %d", n, want)
	}
}

// intruder is a store whose other writers add rows whenever tenant a has none, until
// the scope is closed.
type intruder struct {
	kv.Store
	keys   *keys
	rows   int // each time
	rounds int
}

var closed = key.New("g", "closed")

func (s *intruder) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if err := s.Store.Update(ctx, fn); err != nil || s.rounds == 0 {
		return err
	}
	var added bool
	err := s.Store.Update(ctx, func(tx kv.Writer) error {
		added = false
		if _, err := tx.Get(closed); !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		for _, err := range s.keys.All(tx, table.Of("a"), table.Page{Limit: 1}) {
			return err
		}
		for i := range s.rows {
			if err := s.keys.Insert(tx, table.Of("a"), &storev1.RootKey{Id: fmt.Sprint(s.rounds, i)}); err != nil {
				return err
			}
		}
		added = true
		return nil
	})
	if added {
		s.rounds--
	}
	return err
}

func TestEmptyMeetsRowsThatComeMeanwhile(t *testing.T) {
	for _, c := range []struct {
		name         string
		rows, rounds int
	}{
		{"a few each time, for ever", 3, 1 << 30},
		{"a few batches, some times", 600, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &intruder{Store: newStore(t), keys: newKeys(), rows: c.rows, rounds: c.rounds}
			err := (table.Set{s.keys}).Empty(t.Context(), s, table.Of("a"), func(tx kv.Writer) error { return tx.Put(closed, nil) })
			if err != nil {
				t.Fatal(err)
			}
			if s.rounds == c.rounds {
				t.Error("no row came meanwhile")
			}
			if n := entries(t, s, key.New("t", "a")); n != 0 {
				t.Errorf("%d entries are left in the scope", n)
			}
			if n := entries(t, s, nil); n != 1 {
				t.Errorf("%d entries are left in all, want the one of the last function", n)
			}
		})
	}
}

func TestEmptyKeepsTheScopeWhenTheLastFunctionFails(t *testing.T) {
	s, k := newStore(t), newKeys()
	insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "1"})
	broken := errors.New("broken")
	err := (table.Set{k}).Empty(t.Context(), s, table.Of("a"), func(kv.Writer) error { return broken })
	if !errors.Is(err, broken) {
		t.Fatalf("got %v, want the function's error", err)
	}
}

// churn is a store in which rows come and go once, when it has just been read.
type churn struct {
	kv.Store
	keys *keys
	rows int
}

func (s *churn) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := s.Store.View(ctx, fn); err != nil {
		return err
	}
	rows := s.rows
	s.rows = 0
	return s.Store.Update(ctx, func(tx kv.Writer) error {
		for i := range rows {
			m := &storev1.RootKey{Id: fmt.Sprint(i)}
			if err := errors.Join(s.keys.Insert(tx, table.Of("a"), m), s.keys.Delete(tx, table.Of("a"), m)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Marks left behind would be folded into a scope that is closed, and stop the sweeper.
func TestEmptyLeavesNoMarksOfTheCount(t *testing.T) {
	s := &churn{Store: newStore(t), keys: newKeys(), rows: 1000}
	err := (table.Set{s.keys}).Empty(t.Context(), s, table.Of("a"), func(kv.Writer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if n := entries(t, s, nil); s.rows != 0 || n != 0 {
		t.Errorf("%d rows left to come, %d entries left", s.rows, n)
	}
}

// A table that a service forgot to name must not outlive its tenant in silence.
func TestEmptyNamesTheTableThatTheSetLacks(t *testing.T) {
	notes := table.New(table.Spec[*storev1.RootKey]{
		Name: "note", ID: func(m *storev1.RootKey) []any { return []any{m.GetId()} },
	}, seal.NewIndexer())
	for _, c := range []struct {
		name   string
		forget table.Set
		want   string
	}{
		{"rows", table.Set{newKeys()}, `"note"`},
		{"rows and indexes", table.Set{notes}, `"key"`},
		{"everything", table.Set{}, `"key"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t)
			insert(t, s, newKeys(), table.Of("a"), &storev1.RootKey{Id: "1", Name: "n", Start: "s"})
			insert(t, s, notes, table.Of("a"), &storev1.RootKey{Id: "1"})
			err := c.forget.Empty(t.Context(), s, table.Of("a"), func(kv.Writer) error {
				t.Error("the scope is closed with rows in it")
				return nil
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that names %s", err, c.want)
			}
		})
	}
}

// The installation's scope also holds what the sweeper needs for tenants' rows, and
// their indexes that know no scope.
func TestEmptyTakesTheInstallationsScope(t *testing.T) {
	s, k := newStore(t), newKeys()
	insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "1", Tenant: "a", ExpiresAtMs: 1 << 50})
	insert(t, s, k, table.Global, &storev1.RootKey{Id: "2", Tenant: "b", ExpiresAtMs: 1 << 50})
	if err := (table.Set{k}).Empty(t.Context(), s, table.Global, func(kv.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if n := entries(t, s, key.New("g", "key")); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if n := entries(t, s, key.New("t", "a", "key")); n != 1 {
		t.Errorf("%d rows of the tenant are left, want its one", n)
	}
}
