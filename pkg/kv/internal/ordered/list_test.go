package ordered_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/internal/ordered"
)

func contents(l *ordered.List) []string {
	var out []string
	for e := range l.All() {
		out = append(out, string(e.Key)+"="+string(e.Value))
	}
	return out
}

func modelContents(m map[string]string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+m[k])
	}
	return out
}

// TestListIsAMap runs random changes on a list and a map, big enough to split chunks,
// and keeps clones, which must not change.
func TestListIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, m := &ordered.List{}, map[string]string{}
		var clone *ordered.List
		var cloned []string
		key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("%03d", rapid.IntRange(0, 600).Draw(t, "key")) })
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				k, v := key.Draw(t, "k"), rapid.String().Draw(t, "v")
				l.Set([]byte(k), []byte(v))
				m[k] = v
			},
			"set a run": func(t *rapid.T) {
				for i := rapid.IntRange(0, 500).Draw(t, "from"); i < 600; i += 2 {
					k := fmt.Sprintf("%03d", i)
					l.Set([]byte(k), nil)
					m[k] = ""
				}
			},
			"remove": func(t *rapid.T) {
				k := key.Draw(t, "k")
				l.Remove([]byte(k))
				delete(m, k)
			},
			"remove a run": func(t *rapid.T) {
				from := rapid.IntRange(0, 600).Draw(t, "from")
				for i := from; i < from+200; i++ {
					k := fmt.Sprintf("%03d", i)
					l.Remove([]byte(k))
					delete(m, k)
				}
			},
			"clear": func(t *rapid.T) { l.Clear(); clear(m) },
			"clone": func(t *rapid.T) {
				cloned = contents(l)
				clone, l = l, l.Clone()
			},
			"": func(t *rapid.T) {
				compare(t, l, m)
				if clone != nil && !slices.Equal(contents(clone), cloned) {
					t.Fatalf("the clone changed to %q", contents(clone))
				}
			},
		})
	})
}

func compare(t *rapid.T, l *ordered.List, m map[string]string) {
	if got, want := contents(l), modelContents(m); !slices.Equal(got, want) || l.Len() != len(want) {
		t.Fatalf("got %d: %q, want %q", l.Len(), got, want)
	}
	k := fmt.Sprintf("%03d", rapid.IntRange(0, 600).Draw(t, "probe"))
	value, ok := l.Get([]byte(k))
	if want, exists := m[k]; ok != exists || string(value) != want {
		t.Fatalf("Get %s: got %q, %t", k, value, ok)
	}
}

func TestStepWalksBothWays(t *testing.T) {
	l := &ordered.List{}
	for i := range 1000 {
		l.Set(fmt.Appendf(nil, "%03d", i*7%1000), nil)
	}
	for _, reverse := range []bool{false, true} {
		r := kv.Range{Start: []byte("100"), End: []byte("900"), Reverse: reverse}
		count := 0
		var last []byte
		for e, ok := l.Step(r, nil); ok; e, ok = l.Step(r, e.Key) {
			if last != nil && (bytes.Compare(last, e.Key) < 0) == reverse {
				t.Fatalf("%s follows %s", e.Key, last)
			}
			last = e.Key
			count++
		}
		if count != 800 {
			t.Errorf("%d steps, reverse %t", count, reverse)
		}
	}
}

func TestStepOfNothing(t *testing.T) {
	cleared := &ordered.List{}
	cleared.Set([]byte("a"), nil)
	cleared.Clear()
	for name, l := range map[string]*ordered.List{"new": {}, "cleared": cleared} {
		for _, r := range []kv.Range{{}, {Reverse: true}, {End: []byte("b"), Reverse: true}, {Start: []byte("a")}} {
			if e, ok := l.Step(r, nil); ok {
				t.Errorf("a %s list holds %q", name, e.Key)
			}
		}
	}
}

func TestVersionGrowsWithEveryChange(t *testing.T) {
	l := &ordered.List{}
	last := l.Version()
	for name, change := range map[string]func(){
		"set":     func() { l.Set([]byte("a"), nil) },
		"replace": func() { l.Set([]byte("a"), []byte("b")) },
		"clear":   func() { l.Clear() },
	} {
		if change(); l.Version() <= last {
			t.Errorf("%s left version %d", name, last)
		}
		last = l.Version()
	}
}

// BenchmarkSet shows the cost of one insertion at random places of a growing list.
func BenchmarkSet(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		keys := make([][]byte, n)
		for i := range keys {
			keys[i] = fmt.Appendf(nil, "%08x", uint32(i)*2654435761)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := &ordered.List{}
			for i := 0; b.Loop(); i++ {
				if i%n == 0 {
					l.Clear()
				}
				l.Set(keys[i%n], nil)
			}
		})
	}
}
