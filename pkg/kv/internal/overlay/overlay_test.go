package overlay_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/internal/overlay"
)

// empty is the lowest base.
type empty struct{}

func (empty) Get([]byte) ([]byte, error) { return nil, kv.ErrNotFound }

func (empty) Scan(kv.Range) iter.Seq2[kv.Entry, error] { return func(func(kv.Entry, error) bool) {} }

func put(t *testing.T, tx *overlay.Tx, keys ...string) {
	t.Helper()
	for _, k := range keys {
		if err := tx.Put([]byte(k), []byte(k)); err != nil {
			t.Fatal(err)
		}
	}
}

func keys(t *testing.T, tx kv.Reader, r kv.Range) []string {
	t.Helper()
	var out []string
	for e, err := range tx.Scan(r) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(e.Key))
	}
	return out
}

// The conformance suites of the drivers test reading; this is what drivers alone see.
func TestMerge(t *testing.T) {
	var below, above overlay.Tx
	below.Reset(empty{})
	put(t, &below, "a", "b", "c")
	above.Reset(&below)
	put(t, &above, "d", "b")
	if err := above.Delete([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, &below, kv.Range{}); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("before Merge the base holds %q", got)
	}
	below.Merge(&above)
	if got := keys(t, &below, kv.Range{}); !slices.Equal(got, []string{"b", "c", "d"}) {
		t.Errorf("after Merge the base holds %q", got)
	}
	if below.Bytes() != 3*2+2*2+1 {
		t.Errorf("%d bytes", below.Bytes())
	}
}

func TestChanges(t *testing.T) {
	var tx overlay.Tx
	tx.Reset(empty{})
	if !tx.Empty() {
		t.Error("new and not empty")
	}
	put(t, &tx, "b", "a")
	if err := tx.Delete([]byte("c")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for e := range tx.Changes() {
		if (e.Value == nil) != (string(e.Key) == "c") {
			t.Errorf("%s: value %q", e.Key, e.Value)
		}
		got = append(got, string(e.Key))
	}
	if !slices.Equal(got, []string{"a", "b", "c"}) || tx.Empty() {
		t.Errorf("changes %q", got)
	}
	tx.Reset(empty{})
	if !tx.Empty() || tx.Bytes() != 0 {
		t.Error("not empty after Reset")
	}
}

// expecting is a base that answers Expect itself.
type expecting struct{ empty }

func (expecting) Expect(_, value []byte) (bool, error) { return value != nil, nil }

func TestExpectAsksTheBaseForTheRest(t *testing.T) {
	var tx overlay.Tx
	for name, base := range map[string]kv.Reader{"reads": empty{}, "expects": expecting{}} {
		tx.Reset(base)
		put(t, &tx, "own", "gone")
		if err := tx.Delete([]byte("gone")); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			key   string
			value []byte
			want  bool
		}{
			{"own", []byte("own"), true},
			{"own", []byte("other"), false},
			{"own", nil, false},
			{"gone", nil, true},
			{"gone", []byte{}, false},
			{"rest", nil, name == "reads"},
			{"rest", []byte("1"), name == "expects"},
		} {
			if got, err := tx.Expect([]byte(c.key), c.value); got != c.want || err != nil {
				t.Errorf("a base that %s: Expect %s to be %q: %t, %v", name, c.key, c.value, got, err)
			}
		}
	}
}
