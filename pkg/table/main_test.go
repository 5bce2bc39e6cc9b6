package table_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// keys is a table with all there is: it stands in for every service's.
type keys = table.Table[*storev1.RootKey]

func newKeys() *keys { return table.New(keySpec(), seal.NewIndexer()) }

func keySpec() table.Spec[*storev1.RootKey] {
	return table.Spec[*storev1.RootKey]{
		Name: "key",
		ID:   func(m *storev1.RootKey) []any { return []any{m.GetId()} },
		Expires: func(m *storev1.RootKey) time.Time {
			if m.GetExpiresAtMs() == 0 {
				return time.Time{}
			}
			return time.UnixMilli(m.GetExpiresAtMs())
		},
		Counted: true,
		Indexes: []table.Index[*storev1.RootKey]{
			{Name: "name", Unique: true, Values: optional((*storev1.RootKey).GetName)},
			{Name: "start", Values: optional((*storev1.RootKey).GetStart)},
			{Name: "tenant", Unique: true, Global: true, Values: optional((*storev1.RootKey).GetTenant)},
		},
	}
}

// optional indexes a field unless it is empty.
func optional(field func(*storev1.RootKey) string) func(*storev1.RootKey) []string {
	return func(m *storev1.RootKey) []string {
		if field(m) == "" {
			return nil
		}
		return []string{field(m)}
	}
}

func newStore(t *testing.T) kv.Store {
	t.Helper()
	s := memkv.New()
	t.Cleanup(func() { s.Close() })
	return s
}

func update(t testing.TB, s kv.Store, fn func(kv.Writer) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func insert(t testing.TB, s kv.Store, k *keys, scope table.Scope, rows ...*storev1.RootKey) {
	t.Helper()
	update(t, s, func(tx kv.Writer) error {
		for _, m := range rows {
			if err := k.Insert(tx, scope, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// entries counts the store's keys under a prefix.
func entries(t testing.TB, s kv.Store, prefix []byte) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(tx kv.Reader) error {
		for _, err := range tx.Scan(kv.Prefix(prefix)) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sweep lets the sweeper come round once. Call it in a synctest bubble.
func sweep(t testing.TB, s kv.Store, set table.Set) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
	defer cancel()
	if err := set.Sweep(ctx, s, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
}

func sorted(texts []string) []string { return slices.Sorted(slices.Values(texts)) }
