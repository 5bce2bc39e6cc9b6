package sealedkv_test

import (
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
)

// TestStaleKeyset writes first of all, in a process whose cache has the keyset of a tenant
// that another process has destroyed.
func TestStaleKeyset(t *testing.T) {
	t.Parallel()
	postgres, err := pgkv.Open(t.Context(), pgkv.Options{DSN: servers.Postgres(t), Schema: "s"})
	if err != nil {
		t.Fatal(err)
	}
	for name, inner := range map[string]kv.Store{"memory": newMemory(), "memkv": memkv.New(), "pgkv": postgres} {
		t.Cleanup(func() { inner.Close() })
		for what, update := range map[string]func(w kv.Writer) error{
			"a write":          func(w kv.Writer) error { return w.Put(tenantKey, nil) },
			"a read":           func(w kv.Writer) error { _, err := w.Get(tenantKey); return err },
			"an expectation":   func(w kv.Writer) error { _, err := w.Expect(tenantKey, []byte("value")); return err },
			"a write, a scan":  func(w kv.Writer) error { return errors.Join(w.Put(tenantKey, nil), scanAll(w)) },
			"a write, refused": func(w kv.Writer) error { return errors.Join(w.Put(tenantKey, nil), errors.New("refused")) },
		} {
			t.Run(name+"/"+what, func(t *testing.T) { testStale(t, inner, update) })
		}
	}
}

func scanAll(w kv.Writer) error {
	for _, err := range w.Scan(kv.Range{}) {
		if err != nil {
			return err
		}
	}
	return nil
}

func testStale(t *testing.T, inner kv.Store, update func(kv.Writer) error) {
	if err := inner.Update(t.Context(), func(w kv.Writer) error { // an empty one
		for e, err := range w.Scan(kv.Range{KeysOnly: true}) {
			if err = errors.Join(err, w.Delete(e.Key)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	master := newMaster(t)
	here, elsewhere := open(t, inner, master), open(t, inner, master)
	mustPut(t, here, tenantKey, "value")
	wantValue(t, elsewhere, tenantKey, "value")
	if err := destroy(t, here, "acme", noon); err != nil {
		t.Fatal(err)
	}
	if err := elsewhere.Update(t.Context(), update); !errors.Is(err, sealedkv.ErrDestroyed) {
		t.Errorf("got %v, want ErrDestroyed", err)
	}
}

// TestDestroyedElsewhere repeats a destruction that the cache doesn't know of.
func TestDestroyedElsewhere(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	here, elsewhere := open(t, inner, master), open(t, inner, master)
	mustPut(t, here, tenantKey, "value")
	wantValue(t, elsewhere, tenantKey, "value")
	for i, s := range []kv.Store{here, elsewhere} {
		if err := destroy(t, s, "acme", noon.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	row := &storev1.Keyset{}
	if err := proto.Unmarshal(inner.rows[string(key.New("!", "keyset", "acme"))], row); err != nil || row.GetDestroyedAtMs() != noon.UnixMilli() {
		t.Errorf("destroyed at %d, %v; want the first time", row.GetDestroyedAtMs(), err)
	}
}
