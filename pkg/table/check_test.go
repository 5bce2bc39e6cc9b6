package table_test

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

func (m *model) check(t *rapid.T) {
	err := m.store.View(context.Background(), func(tx kv.Reader) error {
		for _, s := range scopes {
			m.checkScope(t, tx, s)
			m.checkPages(t, tx, s)
			m.checkBelow(t, tx, s)
			m.checkIndexes(t, tx, s, "")
			m.checkIndexes(t, tx, s, "plain")
		}
		return m.verify(t, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *model) checkScope(t *rapid.T, tx kv.Reader, s tenant.ID) {
	alive := m.alive(s)
	same(t, collect(t, m.keys, tx, s, table.Page{}), alive)
	for id, row := range m.rows[s] {
		got, err := m.keys.Get(tx, table.Of(s), parts(id)...)
		found(t, got, err, row, !ended(row))
	}
	n, err := m.keys.Count(tx, table.Of(s))
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(len(alive)); n != want {
		t.Fatalf("count of %q: got %d, want %d", s, n, want)
	}
}

// checkPages walks a scope both ways in pages of two.
func (m *model) checkPages(t *rapid.T, tx kv.Reader, s tenant.ID) {
	for _, reverse := range []bool{false, true} {
		var walked []*storev1.RootKey
		p := table.Page{Limit: 2, Reverse: reverse}
		for skip := range m.alive(s) {
			p := table.Page{Skip: skip + 1, Reverse: reverse}
			alive := slices.Clone(m.alive(s))
			if reverse {
				slices.Reverse(alive)
			}
			same(t, collect(t, m.keys, tx, s, p), alive[skip+1:])
		}
		for {
			rows := collect(t, m.keys, tx, s, p)
			if len(rows) == 0 {
				break
			}
			walked = append(walked, rows...)
			p.After = m.keys.Position(rows[len(rows)-1])
		}
		if reverse {
			slices.Reverse(walked)
		}
		same(t, walked, m.alive(s))
	}
}

func (m *model) checkIndexes(t *rapid.T, tx kv.Reader, s tenant.ID, kind string) {
	for _, value := range []string{"x", "y", "x\x00", "xy", "absent"} {
		var named, started *storev1.RootKey
		var all []*storev1.RootKey
		for _, row := range m.alive(s) {
			if row.GetName() == value {
				named = row
			}
			if row.GetStart() == value {
				all = append(all, row)
			}
			if row.GetTenant() == value {
				started = row
			}
		}
		got, err := m.keys.Find(tx, table.Of(s), kind+"name", value)
		found(t, got, err, named, named != nil)
		if started != nil { // the scope of the question does not matter
			got, err = m.keys.Find(tx, table.Of("elsewhere"), kind+"tenant", value)
			found(t, got, err, started, true)
		}
		var each []*storev1.RootKey
		for row, err := range m.keys.Each(tx, table.Of(s), table.Page{}, kind+"start", value) {
			if err != nil {
				t.Fatal(err)
			}
			each = append(each, row)
		}
		same(t, each, all)
	}
}

// checkBelow reads the rows of each parent both ways, from each of them on, and passing over
// one.
func (m *model) checkBelow(t *rapid.T, tx kv.Reader, s tenant.ID) {
	for _, parent := range append(parents, "none") {
		below := slices.DeleteFunc(m.alive(s), func(row *storev1.RootKey) bool { return !strings.HasPrefix(row.GetId(), parent+"/") })
		for _, reverse := range []bool{false, true} {
			same(t, m.below(t, tx, s, table.Page{Reverse: reverse}, parent), below)
			for i, row := range below {
				rest := below[i+1:]
				after := table.Page{After: m.keys.Position(row), Reverse: reverse}
				same(t, m.below(t, tx, s, after, parent), rest)
				after.Skip, after.Limit = 1, 1
				same(t, m.below(t, tx, s, after, parent), rest[min(1, len(rest)):min(2, len(rest))])
			}
			slices.Reverse(below)
		}
	}
}

func (m *model) below(t *rapid.T, tx kv.Reader, s tenant.ID, p table.Page, parent string) (rows []*storev1.RootKey) {
	for row, err := range m.keys.Below(tx, table.Of(s), p, parent) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// verify finds nothing in a store that was written to through the table alone.
func (m *model) verify(t *rapid.T, tx kv.Reader) error {
	size := rapid.IntRange(1, 30).Draw(t, "verified at once")
	for from, more := []byte(nil), true; more; more = from != nil {
		r, err := table.Set{m.keys}.Verify(tx, from, size)
		if err != nil {
			return err
		}
		if len(r.Findings) > 0 {
			t.Fatalf("verify finds %+v", r.Findings)
		}
		from = r.Next
	}
	return nil
}

func collect(t *rapid.T, k *keys, tx kv.Reader, s tenant.ID, p table.Page) (rows []*storev1.RootKey) {
	for row, err := range k.All(tx, table.Of(s), p) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func found(t *rapid.T, got *storev1.RootKey, err error, want *storev1.RootKey, there bool) {
	t.Helper()
	if there != (err == nil) || err != nil && !errors.Is(err, kv.ErrNotFound) {
		t.Fatalf("got error %v for a row that is there: %t", err, there)
	}
	if there && !proto.Equal(got, want) {
		t.Fatal(cmp.Diff(want, got, protocmp.Transform()))
	}
}

func same(t *rapid.T, got, want []*storev1.RootKey) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(a, b *storev1.RootKey) bool { return proto.Equal(a, b) }) {
		t.Fatal(cmp.Diff(want, got, protocmp.Transform()))
	}
}
