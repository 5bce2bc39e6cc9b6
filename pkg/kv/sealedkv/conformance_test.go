package sealedkv_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/kvtest"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
)

var prefixes = map[string][]byte{
	"global": key.New("g"),
	"tenant": key.New("t", "acme"),
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, openPrefixed := range stores(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kvtest.Run(t, openPrefixed)
		})
	}
}

func TestSimulation(t *testing.T) {
	t.Parallel()
	for name, openPrefixed := range stores(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(4) {
				kvtest.Simulate(t, openPrefixed, seed, 1000)
			}
		})
	}
}

func stores(t *testing.T) map[string]func(*testing.T) kv.Store {
	t.Helper()
	master := newMaster(t)
	openers := map[string]func(*testing.T) kv.Store{}
	for name, prefix := range prefixes {
		openers[name] = func(t *testing.T) kv.Store {
			if strings.HasSuffix(t.Name(), "/sizes_are_limited") {
				return memkv.New() // prefix and seal take their share here: TestValueSizes
			}
			store := open(t, memkv.New(), master)
			t.Cleanup(func() {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
			return prefixed{store, prefix}
		}
	}
	return openers
}

// prefixed puts a prefix before every key, for tests that know nothing of scopes.
type prefixed struct {
	kv.Store
	prefix []byte
}

func (p prefixed) View(ctx context.Context, fn func(kv.Reader) error) error {
	return p.Store.View(ctx, func(r kv.Reader) error { return fn(prefixedReader{r, p.prefix}) })
}

func (p prefixed) Update(ctx context.Context, fn func(kv.Writer) error) error {
	return p.Store.Update(ctx, func(w kv.Writer) error { return fn(prefixedWriter{prefixedReader{w, p.prefix}, w}) })
}

type prefixedReader struct {
	inner  kv.Reader
	prefix []byte
}

func (r prefixedReader) key(k []byte) []byte {
	return append(r.prefix[:len(r.prefix):len(r.prefix)], k...)
}

func (r prefixedReader) Get(k []byte) ([]byte, error) { return r.inner.Get(r.key(k)) }

func (r prefixedReader) Scan(rg kv.Range) iter.Seq2[kv.Entry, error] {
	rg.Start = r.key(rg.Start)
	if rg.End == nil {
		rg.End = kv.PrefixEnd(r.prefix)
	} else {
		rg.End = r.key(rg.End)
	}
	return func(yield func(kv.Entry, error) bool) {
		for e, err := range r.inner.Scan(rg) {
			if err == nil {
				e.Key = e.Key[len(r.prefix):]
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

type prefixedWriter struct {
	prefixedReader
	inner kv.Writer
}

func (w prefixedWriter) Put(k, value []byte) error { return w.inner.Put(w.key(k), value) }

func (w prefixedWriter) Expect(k, value []byte) (bool, error) { return w.inner.Expect(w.key(k), value) }

func (w prefixedWriter) Delete(k []byte) error { return w.inner.Delete(w.key(k)) }
