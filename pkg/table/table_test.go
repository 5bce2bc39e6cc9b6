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
	"github.com/holdplane/holdplane/pkg/kv/memkv"
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

// intruder is a store that inserts a row each time the last transaction of Empty is near.
type intruder struct {
	kv.Store
	keys *keys
	left int
}

func (s *intruder) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if err := s.Store.Update(ctx, fn); err != nil || s.left == 0 {
		return err
	}
	s.left--
	return s.Store.Update(ctx, func(tx kv.Writer) error {
		return s.keys.Insert(tx, table.Of("a"), &storev1.RootKey{Id: fmt.Sprint(s.left)})
	})
}

func TestEmptyMeetsRowsThatComeMeanwhile(t *testing.T) {
	k := newKeys()
	s := &intruder{Store: memkv.New(), keys: k, left: 5}
	defer s.Close()
	closed := key.New("g", "closed")
	err := (table.Set{k}).Empty(t.Context(), s, table.Of("a"), func(tx kv.Writer) error { return tx.Put(closed, nil) })
	if err != nil {
		t.Fatal(err)
	}
	if n := entries(t, s, key.New("t", "a")); s.left != 0 || n != 0 {
		t.Errorf("%d rows left to come, %d entries left in the scope", s.left, n)
	}
	if n := entries(t, s, closed); n != 1 {
		t.Error("the last function was not committed")
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
