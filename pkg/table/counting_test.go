package table_test

import (
	"context"
	"testing"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestCounting(t *testing.T) {
	s := newStore(t)
	k := table.New(table.Spec[*storev1.RootKey]{
		Name:    "key",
		ID:      func(m *storev1.RootKey) []any { return []any{m.GetTenant(), m.GetId()} },
		Indexes: []table.Index[*storev1.RootKey]{{Name: "start", Values: optional((*storev1.RootKey).GetStart)}},
	}, seal.NewIndexer())
	insert(t, s, k, table.Of("a"),
		&storev1.RootKey{Tenant: "x", Id: "1", Start: "s"}, &storev1.RootKey{Tenant: "x", Id: "2", Start: "s"},
		&storev1.RootKey{Tenant: "y", Id: "1", Start: "s"}, &storev1.RootKey{Tenant: "xx", Id: "1", Start: "r"})
	insert(t, s, k, table.Of("b"), &storev1.RootKey{Tenant: "x", Id: "1", Start: "s"})
	under := func(most int, start string) func(kv.Reader) (int64, error) {
		return func(tx kv.Reader) (int64, error) { return k.UnderUpTo(tx, table.Of("a"), most, "start", start) }
	}
	below := func(parts ...any) func(kv.Reader) (int64, error) {
		return func(tx kv.Reader) (int64, error) { return k.CountBelow(tx, table.Of("a"), parts...) }
	}
	for _, tt := range []struct {
		name  string
		count func(kv.Reader) (int64, error)
		want  int64
	}{
		{"all under a value", under(0, "s"), 3},
		{"some under a value", under(2, "s"), 2},
		{"fewer under a value", under(9, "s"), 3},
		{"none under a value", under(0, "t"), 0},
		{"below a parent", below("x"), 2},
		{"below another", below("xx"), 1},
		{"below nobody", below("z"), 0},
		{"of the scope", below(), 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := s.View(context.Background(), func(tx kv.Reader) error {
				got, err := tt.count(tx)
				if got != tt.want {
					t.Errorf("got %d, want %d", got, tt.want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
