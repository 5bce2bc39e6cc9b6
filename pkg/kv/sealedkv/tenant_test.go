package sealedkv_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func destroy(t testing.TB, store kv.Store, tenant string, at time.Time) error {
	t.Helper()
	return store.Update(context.Background(), func(w kv.Writer) error { return sealedkv.DestroyTenant(w, tenant, at) })
}

func wantDestroyed(t testing.TB, store kv.Store, k []byte) {
	t.Helper()
	if got, err := get(t, store, k); !errors.Is(err, sealedkv.ErrDestroyed) {
		t.Errorf("read %q, %v; want ErrDestroyed", got, err)
	}
	if err := put(t, store, k, "again"); !errors.Is(err, sealedkv.ErrDestroyed) {
		t.Errorf("written: %v; want ErrDestroyed", err)
	}
}

func TestDestroyedTenant(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	here, elsewhere := open(t, inner, master), open(t, inner, master)
	other := key.New("t", "other", "identity", "1")
	mustPut(t, here, tenantKey, "value")
	mustPut(t, here, other, "other's")
	wantValue(t, elsewhere, tenantKey, "value") // it has the keyset in its cache now
	if err := destroy(t, here, "acme", noon); err != nil {
		t.Fatal(err)
	}
	for _, store := range []kv.Store{here, elsewhere, open(t, inner, master)} {
		wantDestroyed(t, store, tenantKey)
		wantValue(t, store, other, "other's")
	}
	row := &storev1.Keyset{}
	if err := proto.Unmarshal(inner.rows[string(key.New("!", "keyset", "acme"))], row); err != nil {
		t.Fatal(err)
	}
	if want := (&storev1.Keyset{DestroyedAtMs: noon.UnixMilli()}); !proto.Equal(row, want) {
		t.Errorf("keyset row %v, want %v", row, want)
	}
}

func TestDestroyedTenantCanBeEmptied(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	mustPut(t, store, tenantKey, "value")
	if err := destroy(t, store, "acme", noon); err != nil {
		t.Fatal(err)
	}
	err := store.Update(context.Background(), func(w kv.Writer) error {
		all := kv.Prefix(key.New("t", "acme"))
		all.KeysOnly = true
		for e, err := range w.Scan(all) {
			if err != nil {
				return err
			}
			if err := w.Delete(e.Key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := inner.rows[string(tenantKey)]; ok {
		t.Error("the row is still there")
	}
	if err := put(t, store, tenantKey, "again"); !errors.Is(err, sealedkv.ErrDestroyed) {
		t.Errorf("written after emptying: %v", err)
	}
}

func TestDestroyInItsTransaction(t *testing.T) {
	t.Parallel()
	store := open(t, newMemory(), newMaster(t))
	mustPut(t, store, tenantKey, "value")
	err := store.Update(context.Background(), func(w kv.Writer) error {
		if _, err := w.Get(tenantKey); err != nil {
			return err
		}
		if err := sealedkv.DestroyTenant(w, "acme", noon); err != nil {
			return err
		}
		if _, err := w.Get(tenantKey); !errors.Is(err, sealedkv.ErrDestroyed) {
			t.Errorf("read behind the destruction: %v", err)
		}
		if err := w.Put(tenantKey, nil); !errors.Is(err, sealedkv.ErrDestroyed) {
			t.Errorf("written behind the destruction: %v", err)
		}
		return io.ErrUnexpectedEOF
	})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	wantValue(t, store, tenantKey, "value") // nothing was committed
	mustPut(t, store, tenantKey, "another")
}

func TestDestroyRepeatedAndAhead(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	for i := range 2 {
		if err := destroy(t, store, "acme", noon.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	row := &storev1.Keyset{}
	if err := proto.Unmarshal(inner.rows[string(key.New("!", "keyset", "acme"))], row); err != nil || row.GetDestroyedAtMs() != noon.UnixMilli() {
		t.Errorf("destroyed at %d, %v; want the first time", row.GetDestroyedAtMs(), err)
	}
	if err := put(t, store, tenantKey, "value"); !errors.Is(err, sealedkv.ErrDestroyed) {
		t.Errorf("a tenant destroyed before its first row was written: %v", err)
	}
	inner.rows[string(key.New("!", "keyset", "b"))] = []byte("damaged")
	if err := destroy(t, store, "b", noon); err != nil {
		t.Errorf("destroy a damaged keyset: %v", err)
	}
}

func TestDestroyRefusals(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	for name, err := range map[string]error{
		"a transaction of the inner store": destroy(t, inner, "acme", noon),
		"no tenant":                        destroy(t, store, "", noon),
		"no time":                          destroy(t, store, "acme", time.Time{}),
	} {
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// A transaction that began before the destruction must not bring the keyset back into
// the cache for those that begin after it.
func TestOldSnapshotDoesNotReviveATenant(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	mustPut(t, open(t, inner, master), tenantKey, "value")
	store := open(t, inner, master)
	err := store.View(context.Background(), func(r kv.Reader) error {
		if err := destroy(t, store, "acme", noon); err != nil {
			return err
		}
		_, err := r.Get(tenantKey)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantDestroyed(t, store, tenantKey)
}

func TestUpdateThatRunsAgain(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	store := open(t, inner, master)
	inner.reruns = 3
	mustPut(t, store, tenantKey, "value")
	for _, s := range []kv.Store{store, open(t, inner, master)} {
		wantValue(t, s, tenantKey, "value")
	}
}

func TestFailedUpdateLeavesNoKeyset(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	rows := len(inner.rows)
	err := store.Update(context.Background(), func(w kv.Writer) error {
		if err := w.Put(tenantKey, []byte("value")); err != nil {
			return err
		}
		return io.ErrUnexpectedEOF
	})
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(inner.rows) != rows {
		t.Errorf("%v, %d rows; want %d", err, len(inner.rows), rows)
	}
	mustPut(t, store, tenantKey, "value")
	wantValue(t, store, tenantKey, "value")
}

func TestMoreTenantsThanTheCacheHolds(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	const tenants = 5000
	at := func(i int) []byte { return key.New("t", fmt.Sprint("tenant-", i), "identity") }
	err := store.Update(context.Background(), func(w kv.Writer) error {
		for i := range tenants {
			if err := w.Put(at(i), fmt.Append(nil, i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		err := store.View(context.Background(), func(r kv.Reader) error {
			for i := range tenants {
				if got, err := r.Get(at(i)); err != nil || string(got) != fmt.Sprint(i) {
					return fmt.Errorf("tenant %d: %q, %w", i, got, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
