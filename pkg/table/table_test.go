package table_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestUniqueIndexes(t *testing.T) {
	first := &storev1.RootKey{Id: "1", Name: "ci", Tenant: "acme"}
	for _, c := range []struct {
		name  string
		scope table.Scope
		row   *storev1.RootKey
		taken bool
	}{
		{"the same name in the scope", table.Of("a"), &storev1.RootKey{Id: "2", Name: "ci"}, true},
		{"the same name in another scope", table.Of("b"), &storev1.RootKey{Id: "2", Name: "ci"}, false},
		{"another name", table.Of("a"), &storev1.RootKey{Id: "2", Name: "Ci"}, false},
		{"no name", table.Of("a"), &storev1.RootKey{Id: "2"}, false},
		{"the same value of a global index in another scope", table.Of("b"), &storev1.RootKey{Id: "2", Tenant: "acme"}, true},
		{"the same value of a global index in the global scope", table.Global, &storev1.RootKey{Id: "2", Tenant: "acme"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, k := newStore(t), newKeys()
			insert(t, s, k, table.Of("a"), first)
			err := s.Update(context.Background(), func(tx kv.Writer) error { return k.Insert(tx, c.scope, c.row) })
			if errors.Is(err, table.ErrExists) != c.taken {
				t.Fatalf("got %v, want taken: %t", err, c.taken)
			}
		})
	}
}

func TestUniqueIndexRefusesReplace(t *testing.T) {
	s, k := newStore(t), newKeys()
	old, other := &storev1.RootKey{Id: "1", Name: "one"}, &storev1.RootKey{Id: "2", Name: "two"}
	insert(t, s, k, table.Global, old, other)
	err := s.Update(context.Background(), func(tx kv.Writer) error {
		return k.Replace(tx, table.Global, old, &storev1.RootKey{Id: "1", Name: "two"})
	})
	if !errors.Is(err, table.ErrExists) {
		t.Fatalf("got %v, want ErrExists", err)
	}
}

// What is looked up by may be an e-mail address or a digest: it must not be readable.
func TestIndexValuesAreNotReadable(t *testing.T) {
	s, k := newStore(t), newKeys()
	insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "1", Name: "planted-value", Start: "planted-value", Tenant: "planted-value"})
	err := s.View(context.Background(), func(tx kv.Reader) error {
		for e, err := range tx.Scan(kv.Range{}) {
			if err != nil {
				return err
			}
			if bytes.Contains(e.Key, []byte("planted-value")) {
				t.Errorf("key %q holds an index value", e.Key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDeletedRowLeavesNothing(t *testing.T) {
	s, k := newStore(t), newKeys()
	row := &storev1.RootKey{Id: "1", Name: "n", Start: "s", Tenant: "t", ExpiresAtMs: 1 << 50}
	insert(t, s, k, table.Of("a"), row)
	update(t, s, func(tx kv.Writer) error { return k.Delete(tx, table.Of("a"), row) })
	// The two marks of the count stay until the sweeper folds them.
	if n := entries(t, s, nil); n != 2 {
		t.Fatalf("%d entries are left, want 2", n)
	}
}

func TestDamagedRowIsAnError(t *testing.T) {
	s, k := newStore(t), newKeys()
	update(t, s, func(tx kv.Writer) error { return tx.Put(key.New("g", "key", "1"), []byte{0xff}) })
	err := s.View(context.Background(), func(tx kv.Reader) error {
		for _, err := range k.All(tx, table.Global, table.Page{}) {
			return err
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "table key: decode") {
		t.Fatalf("got %v, want an error that names the table", err)
	}
}

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
