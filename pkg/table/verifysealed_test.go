package table_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
)

// newSealedFamily returns a family and what lies below its seals.
func newSealedFamily(t *testing.T) (*family, kv.Store) {
	t.Helper()
	master, err := seal.CreateMasterFile(filepath.Join(t.TempDir(), "master"))
	if err != nil {
		t.Fatal(err)
	}
	below := memkv.New()
	store, err := sealedkv.Open(t.Context(), below, sealedkv.Options{Service: "test", Master: master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return newFamily(t, store, store.Indexer()), below
}

// A value that does not open is found once, where it is, and ends nothing. What the sealing
// store keeps for itself is no finding.
func TestVerifyFindsWhatDoesNotOpen(t *testing.T) {
	flip := func(parts ...any) func(kv.Writer) error {
		return func(tx kv.Writer) error {
			e := first(tx, parts...)
			e.Value[len(e.Value)-1] ^= 1
			return tx.Put(e.Key, e.Value)
		}
	}
	for _, c := range []struct {
		name   string
		damage func(kv.Writer) error
		want   []string
	}{
		{"nothing", func(kv.Writer) error { return nil }, nil},
		{"a row", flip("t", "a", "key", "1"), []string{"damaged value a.key 1: row does not open"}},
		{"an entry", flip("t", "a", "key/name"), []string{"damaged value a.key #: index name does not open"}},
		{"an end", flip("g", "ttl"), []string{"damaged value .ttl 1125899906842624/key 1: ttl does not open"}},
		{"a mark", func(tx kv.Writer) error {
			return tx.Put(first(tx, "g", "count", "key", key.New("t", "a"), key.New("1")).Key, nil)
		}, []string{"damaged value .count key/027400026100/023100/+: count does not open"}},
		{"a row in another's place", func(tx kv.Writer) error {
			return tx.Put(key.New("t", "a", "key", "2"), first(tx, "t", "a", "key", "1").Value)
		}, []string{"damaged value a.key 2: row does not open"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, below := newSealedFamily(t)
			update(t, below, c.damage)
			if got := f.found(t, 3); !cmp.Equal(got, c.want) {
				t.Error(cmp.Diff(c.want, got))
			}
		})
	}
}

// Rows of a tenant whose keys are destroyed are found each.
func TestVerifyFindsWhatIsLeftOfATenant(t *testing.T) {
	f, _ := newSealedFamily(t)
	if err := f.set().Empty(t.Context(), f, table.Of("a"), func(kv.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	insert(t, f, f.keys, table.Of("a"), other)
	update(t, f, func(tx kv.Writer) error { return sealedkv.DestroyTenant(tx, "a", time.Now()) })
	got := f.found(t, 2)
	if len(got) != 3 { // the row, its name, its start
		t.Errorf("found %q, want 3 values", got)
	}
	for _, what := range got {
		if !strings.HasPrefix(what, "damaged value a.key ") || !strings.Contains(what, "destroyed") {
			t.Errorf("found %q", what)
		}
	}
}

// What is found goes to terminals and tickets.
func TestFindingsHoldNoValue(t *testing.T) {
	f := newFamily(t, newStore(t), seal.NewIndexer())
	digest := bytes.Repeat([]byte{0xaa}, 32)
	update(t, f, put([]byte("planted-value"), "t", "a", "key/name", "x"))
	update(t, f, func(tx kv.Writer) error { return tx.Put(first(tx, "t", "a", "key/start").Key, []byte("planted-value")) })
	update(t, f, func(tx kv.Writer) error { return tx.Put(first(tx, "g", "ttl").Key, []byte("planted-value")) })
	update(t, f, put([]byte("planted-value"), "t", "a", "key", digest))
	update(t, f, put([]byte("planted-value"), "t", "b", "key/count"))
	got := strings.Join(f.found(t, 2), "\n")
	if got == "" || strings.Contains(got, "planted-value") || strings.Contains(got, strings.Repeat("aa", 17)) {
		t.Errorf("found %s", got)
	}
}

// A store that can't be read is an error, not a finding.
func TestVerifyReturnsTheStoresError(t *testing.T) {
	f := newFamily(t, newStore(t), seal.NewIndexer())
	away := errors.New("away")
	err := f.View(context.Background(), func(tx kv.Reader) error {
		for n := 0; ; n++ {
			r, err := f.set().Verify(&failing{Reader: tx, left: n, err: away}, nil, 1000)
			switch {
			case err == nil:
				if n < 20 || len(r.Findings) > 0 {
					t.Errorf("after %d reads all is done: %+v", n, r)
				}
				return nil
			case !errors.Is(err, away):
				t.Fatalf("after %d reads: %v", n, err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
