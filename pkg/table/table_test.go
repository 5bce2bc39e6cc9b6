package table_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
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

// Who reads the disk must not learn which tenants share a customer either.
func TestIndexValuesOfScopesDiffer(t *testing.T) {
	s, k := newStore(t), newKeys()
	values := map[string]bool{}
	for _, scope := range []tenant.ID{"a", "b"} {
		insert(t, s, k, table.Of(scope), &storev1.RootKey{Id: "1", Name: "same"})
		prefix := key.New("t", string(scope), "key/name")
		err := s.View(context.Background(), func(tx kv.Reader) error {
			for e, err := range tx.Scan(kv.Prefix(prefix)) {
				if err != nil {
					return err
				}
				values[string(bytes.TrimPrefix(e.Key, prefix))] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(values) != 2 {
		t.Errorf("%d blinded values in two scopes, want 2", len(values))
	}
}

func TestDeletedRowLeavesNothing(t *testing.T) {
	s, k := newStore(t), newKeys()
	row := &storev1.RootKey{Id: "1", Name: "n", Start: "s", Tenant: "t", ExpiresAtMs: 1 << 50}
	insert(t, s, k, table.Of("a"), row)
	update(t, s, func(tx kv.Writer) error { return k.Delete(tx, table.Of("a"), row) })
	if n := entries(t, s, nil); n != 0 {
		t.Fatalf("%d entries are left", n)
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
