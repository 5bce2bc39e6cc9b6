package table_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
)

// Entries of a plain index stand in the order of their values, so that those of ids that
// are ordered by time are next to each other; those of a blinded one don't.
func TestPlainIndexKeepsTheOrder(t *testing.T) {
	spec := keySpec()
	spec.Indexes = []table.Index[*storev1.RootKey]{
		{Name: "plain", Plain: true, Values: optional((*storev1.RootKey).GetName)},
		{Name: "unique", Plain: true, Unique: true, Values: optional((*storev1.RootKey).GetName)},
		{Name: "blinded", Values: optional((*storev1.RootKey).GetName)},
	}
	s, k := newStore(t), table.New(spec, seal.NewIndexer())
	var want []string
	for i := range 50 { // the newest row has the smallest id
		want = append(want, fmt.Sprintf("time-%03d", i))
		insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: fmt.Sprint(99 - i), Name: want[i]})
	}
	for index, kept := range map[string]bool{"plain": true, "unique": true, "blinded": false} {
		if got := leadsTo(t, s, k, index); slices.Equal(got, want) != kept {
			t.Errorf("index %s leads to %q", index, got)
		}
	}
}

// leadsTo are the names of the rows that an index's entries lead to, in the order of the
// entries.
func leadsTo(t *testing.T, s kv.Store, k *keys, index string) (names []string) {
	t.Helper()
	err := s.View(context.Background(), func(tx kv.Reader) error {
		for e, err := range tx.Scan(kv.Prefix(key.New("t", "a", "key/"+index))) {
			if err != nil {
				return err
			}
			parts, err := key.Parse(e.Value)
			if err != nil {
				return err
			}
			row, err := k.Get(tx, table.Of("a"), parts[3:]...)
			if err != nil {
				return err
			}
			names = append(names, row.GetName())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Rows of a parent are its own alone: not those of one whose id begins like its.
func TestBelowIsOneParents(t *testing.T) {
	s, k := newStore(t), table.New(modelSpec(), seal.NewIndexer())
	insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: "a/1"}, &storev1.RootKey{Id: "a/2"}, &storev1.RootKey{Id: "ab/1"}, &storev1.RootKey{Id: "b/1"})
	insert(t, s, k, table.Of("b"), &storev1.RootKey{Id: "a/3"})
	for _, c := range []struct {
		name  string
		page  table.Page
		parts []any
		want  string
	}{
		{"all of a parent", table.Page{}, []any{"a"}, "a/1 a/2"},
		{"backwards", table.Page{Reverse: true}, []any{"a"}, "a/2 a/1"},
		{"passing over one", table.Page{Skip: 1}, []any{"a"}, "a/2"},
		{"passing over all", table.Page{Skip: 2}, []any{"a"}, ""},
		{"passing over more than there are", table.Page{Skip: 9, Reverse: true}, []any{"a"}, ""},
		{"one row", table.Page{}, []any{"a", "2"}, "a/2"},
		{"another parent", table.Page{}, []any{"ab"}, "ab/1"},
		{"none", table.Page{}, []any{"c"}, ""},
		{"no parent in particular", table.Page{Limit: 3}, nil, "a/1 a/2 ab/1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := below(t, s, k, c.page, c.parts...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func below(t *testing.T, s kv.Store, k *keys, p table.Page, parts ...any) string {
	t.Helper()
	var ids []string
	err := s.View(context.Background(), func(tx kv.Reader) error {
		for row, err := range k.Below(tx, table.Of("a"), p, parts...) {
			if err != nil {
				return err
			}
			ids = append(ids, row.GetId())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(ids, " ")
}

// Rows that have ended are not passed over: nobody sees them. Nor are they counted.
func TestSkipAndCountWithoutEndedRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k := newStore(t), newKeys()
		soon := time.Now().Add(time.Second).UnixMilli()
		for i := range 6 { // those with an odd id end
			insert(t, s, k, table.Of("a"), &storev1.RootKey{Id: fmt.Sprint(i), ExpiresAtMs: int64(i%2) * soon})
		}
		expect := func(when string, skipped, backwards string, count int64) {
			t.Helper()
			if got := below(t, s, k, table.Page{Skip: 1, Limit: 2}); got != skipped {
				t.Errorf("%s: got %q, want %q", when, got, skipped)
			}
			if got := below(t, s, k, table.Page{Skip: 1, Limit: 2, Reverse: true}); got != backwards {
				t.Errorf("%s, backwards: got %q, want %q", when, got, backwards)
			}
			err := s.View(t.Context(), func(tx kv.Reader) error {
				n, err := k.Count(tx, table.Of("a"))
				if n != count {
					t.Errorf("%s: %d rows are counted, want %d", when, n, count)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		expect("before they end", "1 2", "4 3", 6)
		time.Sleep(time.Second)
		expect("when they have ended", "2 4", "2 0", 3)
		time.Sleep(time.Second)
		sweep(t, s, table.Set{k})
		expect("when they are swept", "2 4", "2 0", 3)
	})
}
