package table_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
)

// family is a store with a table of parents and one of children, who need them.
type family struct {
	kv.Store
	keys     *keys
	children *table.Table[*storev1.KeyCredits]
}

func newFamily(t *testing.T, store kv.Store, blind table.Blinder) *family {
	f := &family{Store: store, keys: table.New(keySpec(), blind)}
	f.children = table.New(table.Spec[*storev1.KeyCredits]{
		Name:  "child",
		ID:    func(m *storev1.KeyCredits) []any { return []any{m.GetKeyId()} },
		Needs: func(m *storev1.KeyCredits) []table.Need { return []table.Need{{Table: "key", ID: []any{m.GetKeyId()}}} },
	}, blind)
	insert(t, f, f.keys, table.Of("a"), mother, other)
	f.bear(t, "1")
	return f
}

var (
	mother = &storev1.RootKey{Id: "1", Name: "n", Start: "s", Tenant: "t", ExpiresAtMs: 1 << 50}
	other  = &storev1.RootKey{Id: "2", Name: "m", Start: "s"}
)

// bear adds the child of a parent.
func (f *family) bear(t *testing.T, parent string) {
	update(t, f, func(tx kv.Writer) error {
		return f.children.Insert(tx, table.Of("a"), &storev1.KeyCredits{KeyId: parent})
	})
}

func (f *family) set() table.Set { return table.Set{f.keys, f.children} }

var blinded = regexp.MustCompile(`[0-9a-f]{32}`)

// found is what a walk in parts of a size finds, in words; blinded values are a #.
func (f *family) found(t *testing.T, size int) (all []string) {
	t.Helper()
	for from, more := []byte(nil), true; more; more = from != nil {
		err := f.View(context.Background(), func(tx kv.Reader) error {
			r, err := f.set().Verify(tx, from, size)
			for _, d := range r.Findings {
				all = append(all, blinded.ReplaceAllString(fmt.Sprintf("%s %s.%s %s: %s", d.Problem, d.Tenant, d.Table, d.ID, d.Detail), "#"))
			}
			from = r.Next
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// first returns the first entry whose key begins with parts.
func first(tx kv.Reader, parts ...any) kv.Entry {
	for e, err := range tx.Scan(kv.Prefix(key.New(parts...))) {
		if err == nil {
			return kv.Entry{Key: append([]byte{}, e.Key...), Value: append([]byte{}, e.Value...)}
		}
	}
	return kv.Entry{}
}

func drop(parts ...any) func(kv.Writer) error {
	return func(tx kv.Writer) error { return tx.Delete(first(tx, parts...).Key) }
}

func put(value []byte, parts ...any) func(kv.Writer) error {
	return func(tx kv.Writer) error { return tx.Put(key.New(parts...), value) }
}

var (
	motherKey = key.New("t", "a", "key", "1")
	nobody    = key.New("t", "a", "key", "9")
)

func varint(n int64) []byte { return binary.AppendVarint(nil, n) }

// What is written below the tables is found, whatever the size of the parts.
func TestVerifyFindsDamage(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(kv.Writer) error
		want   []string
	}{
		{"nothing", func(kv.Writer) error { return nil }, nil},
		{"a row below no table", put(nil, "t", "a", "note", "1"), []string{"unknown key a.note 1: no such table"}},
		{"a key outside all scopes", put(nil, "x", "1"), []string{"unknown key . x/1: "}},
		{"a key of no tenant", put(nil, "t", "", "key", "1"), []string{"unknown key . t//key/1: "}},
		{"a tenant alone", put(nil, "t", "a"), []string{"unknown key . t/a: "}},
		{"bytes that are no tuple", func(tx kv.Writer) error { return tx.Put([]byte("zz"), nil) }, []string{"unknown key . zz: "}},
		{"an index that the table has not", put(nil, "t", "a", "key/nick", "v"), []string{"unknown key a.key v: no index nick"}},
		{"a damaged row", put([]byte{0xff}, "t", "a", "child", "1"), []string{"damaged value a.child 1: row does not decode"}},
		{"a row at another's key", func(tx kv.Writer) error {
			return tx.Put(key.New("t", "b", "child", "7"), first(tx, "t", "a", "child", "1").Value)
		}, []string{"misplaced row b.child 7: is that of child 1"}},
		{"an orphan", drop("t", "a", "key", "1"), []string{
			"dangling entry .key #: index tenant to key 1", "dangling entry a.key 1: end of life", "orphan a.child 1: lacks key 1",
			"wrong count a.key : counts 2, has 1", "dangling entry a.key #: index name to key 1", "dangling entry a.key #: index start to key 1",
		}},
	} {
		t.Run(c.name, func(t *testing.T) { findsBoth(t, c.damage, c.want) })
	}
}

// findsBoth expects what a walk key by key finds, and one in a single step. Their order is
// that of the keys, but for blinded ones.
func findsBoth(t *testing.T, damage func(kv.Writer) error, want []string) {
	t.Helper()
	for _, size := range []int{1, 2, 1000} {
		f := newFamily(t, newStore(t), seal.NewIndexer())
		update(t, f, damage)
		got := f.found(t, size)
		if !cmp.Equal(sorted(got), sorted(want)) {
			t.Errorf("in steps of %d: %s", size, cmp.Diff(sorted(want), sorted(got)))
		}
	}
}

func TestVerifyComparesIndexesWithRows(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(kv.Writer) error
		want   []string
	}{
		{"an entry of a unique index is gone", drop("g", "key/tenant"), []string{"missing entry a.key 1: index tenant"}},
		{"an entry is gone", drop("t", "a", "key/start"), []string{"missing entry a.key 1: index start"}},
		{"an entry leads nowhere", put(nobody, "t", "a", "key/start", make([]byte, 16), nobody), []string{
			"dangling entry a.key #: index start to key 9",
		}},
		{"an entry leads to no row", put([]byte("x"), "t", "a", "key/name", "v"), []string{"wrong entry a.key v: index name to no row of the table"}},
		{"an entry leads to another table's row", put(key.New("t", "a", "child", "1"), "t", "a", "key/name", "v"), []string{
			"wrong entry a.key v: index name to no row of the table",
		}},
		{"an entry of a value that the row has not", put(motherKey, "t", "a", "key/name", "old"), []string{
			"wrong entry a.key old: index name to key 1",
		}},
		{"an entry leads to another row", func(tx kv.Writer) error {
			return tx.Put(first(tx, "g", "key/tenant").Key, key.New("t", "a", "key", "2"))
		}, []string{"wrong entry .key #: index tenant to key 2", "missing entry a.key 1: index tenant has key 2 instead"}},
		{"an entry in another tenant's scope", put(motherKey, "t", "b", "key/name", "n"), []string{
			"wrong entry b.key n: index name to key 1",
		}},
	} {
		t.Run(c.name, func(t *testing.T) { findsBoth(t, c.damage, c.want) })
	}
}

func TestVerifyComparesCountsAndEndsWithRows(t *testing.T) {
	const end = uint64(1 << 50)
	for _, c := range []struct {
		name   string
		damage func(kv.Writer) error
		want   []string
	}{
		{"a mark too many", put(nil, "g", "count", "key", key.New("t", "a"), "x", "+"), []string{"wrong count a.key : counts 3, has 2"}},
		{"a mark is gone", drop("g", "count"), []string{"wrong count a.key : counts 1, has 2"}},
		{"a count where nothing is", put(varint(4), "t", "b", "key/count"), []string{"wrong count b.key : counts 4, has 0"}},
		{"a mark where nothing is", put(nil, "g", "count", "key", key.New("t", "b"), "x", "-"), []string{"wrong count b.key : counts -1, has 0"}},
		{"a mark of a table that is not counted", put(nil, "g", "count", "child", key.New("t", "a"), "x", "+"), []string{
			"unknown key .count child/027400026100/x/+: mark of no count",
		}},
		{"a mark of half a key", put(nil, "g", "count", "key"), []string{"unknown key .count key: mark of no count"}},
		{"a count that is no number", put([]byte{0x80}, "t", "a", "key/count"), []string{"damaged value a.key : count"}},
		{"a count of a table that has none", put(varint(1), "t", "a", "child/count"), []string{"unknown key a.child : no count is kept"}},
		{"an end is gone", drop("g", "ttl"), []string{"missing entry a.key 1: end of life"}},
		{"an end of nothing", put([]byte("key"), "g", "ttl", end, nobody), []string{"dangling entry a.key 9: end of life"}},
		{"another end", put([]byte("key"), "g", "ttl", end+1, motherKey), []string{"wrong entry a.key 1: end of life"}},
		{"an end of no table", put([]byte("note"), "g", "ttl", end, "x"), []string{fmt.Sprintf("unknown key .ttl %d/x: end of no row", end)}},
		{"an end of another table's row", put([]byte("child"), "g", "ttl", end, "x"), []string{fmt.Sprintf("wrong entry .ttl %d/x: end of no row of table child", end)}},
	} {
		t.Run(c.name, func(t *testing.T) { findsBoth(t, c.damage, c.want) })
	}
}

// Rows that have ended are there until they are swept, and need nothing themselves.
func TestVerifyTakesEndedRowsForRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFamily(t, newStore(t), seal.NewIndexer())
		insert(t, f, f.keys, table.Of("a"), &storev1.RootKey{Id: "3", Name: "e", ExpiresAtMs: time.Now().Add(time.Second).UnixMilli()})
		f.bear(t, "3")
		time.Sleep(time.Minute)
		if got := f.found(t, 1000); len(got) > 0 {
			t.Errorf("an ended row: %q", got)
		}
		sweep(t, f, f.set())
		if got, want := f.found(t, 1), []string{"orphan a.child 3: lacks key 3"}; !cmp.Equal(got, want) {
			t.Errorf("a swept row: %s", cmp.Diff(want, got))
		}
	})
}
