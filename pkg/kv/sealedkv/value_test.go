package sealedkv_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
)

// fill writes the same value to many places and returns them.
func fill(t testing.TB, store kv.Store) [][]byte {
	t.Helper()
	var keys [][]byte
	for i := range uint64(3) {
		keys = append(keys, key.New("g", "session", i), key.New("g", "state", i))
		for _, tenant := range []string{"a", "b", "a\x00b", "\xff"} {
			keys = append(keys, key.New("t", tenant, "identity", i), key.New("t", tenant, "key", i))
		}
	}
	keys = append(keys, key.New("g"), key.New("t", "a"), key.New("t", "b"))
	for _, k := range keys {
		mustPut(t, store, k, "the same value")
	}
	return keys
}

func TestValuesAreUnreadableOnDisk(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	secret := "correct horse battery staple"
	mustPut(t, store, globalKey, secret)
	mustPut(t, store, tenantKey, secret)
	blind := string(store.Indexer().Blind("d", secret))
	for k, v := range inner.rows {
		for _, form := range []string{
			secret, secret[:8], hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret))[:32], blind,
		} {
			if strings.Contains(k+string(v), form) {
				t.Errorf("%q under %q contains %q", v, k, form)
			}
		}
	}
}

func TestMovedValuesAreRefused(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	keys := fill(t, store)
	before := maps.Clone(inner.rows)
	for _, to := range keys {
		for from, sealed := range before {
			if from == string(to) {
				continue
			}
			inner.rows[string(to)] = sealed
			if got, err := get(t, store, to); !errors.Is(err, sealedkv.ErrDamaged) {
				t.Fatalf("%q moved to %q: %q, %v", from, to, got, err)
			}
		}
		inner.rows[string(to)] = before[string(to)]
		wantValue(t, store, to, "the same value")
	}
}

func TestMovedTenantKeysetsAreRefused(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	fill(t, open(t, inner, master))
	a, b := string(key.New("!", "keyset", "a")), string(key.New("!", "keyset", "b"))
	inner.rows[a] = inner.rows[b]
	if _, err := get(t, open(t, inner, master), key.New("t", "a", "identity", uint64(0))); !errors.Is(err, sealedkv.ErrDamaged) {
		t.Errorf("read under another's keyset: %v", err)
	}
	if err := put(t, open(t, inner, master), key.New("t", "a", "new"), "value"); !errors.Is(err, sealedkv.ErrDamaged) {
		t.Errorf("written under another's keyset: %v", err)
	}
	delete(inner.rows, b)
	if _, err := get(t, open(t, inner, master), key.New("t", "b", "identity", uint64(0))); !errors.Is(err, sealedkv.ErrDamaged) {
		t.Errorf("read without a keyset: %v", err)
	}
}

func TestFlippedBytesAreRefused(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	store := open(t, inner, master)
	mustPut(t, store, tenantKey, "value")
	mustPut(t, store, globalKey, "value")
	reads := map[string][]byte{
		string(tenantKey): tenantKey, string(globalKey): globalKey,
		string(key.New("!", "keyset", "acme")): tenantKey,
	}
	for changed, read := range reads {
		good := inner.rows[changed]
		for i := range good {
			for bit := range 8 {
				bad := bytes.Clone(good)
				bad[i] ^= 1 << bit
				inner.rows[changed] = bad
				if got, err := get(t, store, read); !errors.Is(err, sealedkv.ErrDamaged) {
					t.Fatalf("bit %d of byte %d of %q flipped: %q, %v", bit, i, changed, got, err)
				}
			}
		}
		inner.rows[changed] = good
		wantValue(t, store, read, "value")
	}
}

func TestDamageNamesTheTableOnly(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	for table, k := range map[string][]byte{
		`table "identity"`: key.New("t", "tenant-id", "identity", "row-id"),
		`table "session"`:  key.New("g", "session", "row-id"),
		"outside":          key.New("t", "tenant-id"),
	} {
		mustPut(t, store, k, "value")
		inner.rows[string(k)] = []byte("damaged")
		_, err := get(t, store, k)
		if !errors.Is(err, sealedkv.ErrDamaged) || !strings.Contains(err.Error(), table) || strings.Contains(err.Error(), "-id") {
			t.Errorf("%q: %v", k, err)
		}
	}
}

func TestKeysWithoutScopeAreRefused(t *testing.T) {
	t.Parallel()
	store := open(t, newMemory(), newMaster(t))
	cases := map[string]struct {
		key  []byte
		want error
	}{
		"empty":            {nil, kv.ErrTooLarge},
		"too long":         {append(key.New("g"), make([]byte, kv.MaxKeyLen)...), kv.ErrTooLarge},
		"own row":          {ownKeys["service"], sealedkv.ErrScope},
		"own scope":        {key.New("!"), sealedkv.ErrScope},
		"unknown scope":    {key.New("x", "a"), sealedkv.ErrScope},
		"longer scope":     {key.New("tt", "a"), sealedkv.ErrScope},
		"number":           {key.New(uint64(1)), sealedkv.ErrScope},
		"no tenant":        {key.New("t"), sealedkv.ErrScope},
		"empty tenant":     {key.New("t", "", "identity"), sealedkv.ErrScope},
		"number as tenant": {key.New("t", uint64(7)), sealedkv.ErrScope},
		"cut in a tenant":  {bytes.TrimSuffix(key.New("t", "acme"), []byte{0}), sealedkv.ErrScope},
		"no tuple":         {[]byte("hello"), sealedkv.ErrScope},
	}
	for name, c := range cases {
		err := store.Update(context.Background(), func(w kv.Writer) error {
			for op, err := range map[string]error{"put": w.Put(c.key, nil), "delete": w.Delete(c.key)} {
				if !errors.Is(err, c.want) {
					t.Errorf("%s %s: %v, want %v", op, name, err, c.want)
				}
			}
			wantGet := c.want
			if errors.Is(wantGet, kv.ErrTooLarge) {
				wantGet = kv.ErrNotFound
			}
			if _, err := w.Get(c.key); !errors.Is(err, wantGet) {
				t.Errorf("get %s: %v, want %v", name, err, wantGet)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestValueSizes(t *testing.T) {
	t.Parallel()
	store := open(t, newMemory(), newMaster(t))
	longest := strings.Repeat("x", sealedkv.MaxValueLen)
	mustPut(t, store, tenantKey, longest)
	wantValue(t, store, tenantKey, longest)
	if err := put(t, store, tenantKey, longest+"x"); !errors.Is(err, kv.ErrTooLarge) {
		t.Errorf("one byte more: %v", err)
	}
}

func TestScanYieldsUsersRowsOnly(t *testing.T) {
	t.Parallel()
	store := open(t, newMemory(), newMaster(t))
	keys := fill(t, store)
	slices.SortFunc(keys, bytes.Compare)
	reversed := slices.Clone(keys)
	slices.Reverse(reversed)
	cases := []struct {
		name string
		give kv.Range
		want [][]byte
	}{
		{"everything", kv.Range{}, keys},
		{"everything backwards", kv.Range{Reverse: true}, reversed},
		{"the first two", kv.Range{Limit: 2}, keys[:2]},
		{"the last two", kv.Range{Reverse: true, Limit: 2}, reversed[:2]},
		{"keys only", kv.Range{KeysOnly: true, Limit: 1}, keys[:1]},
		{"from the first byte", kv.Range{Start: []byte{0}, Limit: 1}, keys[:1]},
		{"from an own row", kv.Range{Start: ownKeys["service"], Limit: 1}, keys[:1]},
		{"own rows", kv.Prefix(key.New("!")), nil},
		{"own rows by name", kv.Range{Start: ownKeys["canary"], End: ownKeys["stamp"], KeysOnly: true}, nil},
		{"before own rows", kv.Range{End: key.New("!")}, nil},
		{"nothing", kv.Range{Start: keys[3], End: keys[3]}, nil},
		{"one", kv.Range{Start: keys[3], End: keys[4]}, keys[3:4]},
	}
	for _, c := range cases {
		err := store.View(context.Background(), func(r kv.Reader) error {
			var got [][]byte
			for e, err := range r.Scan(c.give) {
				if err != nil {
					return err
				}
				if want := "the same value"; !c.give.KeysOnly && string(e.Value) != want || c.give.KeysOnly && e.Value != nil {
					t.Errorf("%s: value %q", c.name, e.Value)
				}
				got = append(got, e.Key)
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestScanOpensOneValueAtATime(t *testing.T) {
	t.Parallel()
	inner := newMemory()
	store := open(t, inner, newMaster(t))
	keys := [][]byte{key.New("g", "a"), key.New("g", "b"), key.New("g", "c")}
	for _, k := range keys {
		mustPut(t, store, k, "value")
	}
	inner.rows[string(keys[1])] = []byte("damaged")
	scan := func(r kv.Range) (n int, err error) {
		err = store.View(context.Background(), func(tx kv.Reader) error {
			for _, err := range tx.Scan(r) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		return n, err
	}
	if n, err := scan(kv.Range{}); n != 1 || !errors.Is(err, sealedkv.ErrDamaged) {
		t.Errorf("scanned %d, %v; want 1 and the damage", n, err)
	}
	if n, err := scan(kv.Range{Limit: 1}); n != 1 || err != nil {
		t.Errorf("the row before the damage: %d, %v", n, err)
	}
	if n, err := scan(kv.Range{KeysOnly: true}); n != 3 || err != nil {
		t.Errorf("keys only: %d, %v", n, err)
	}
	inner.rows[string(key.New("x"))] = []byte("not written by us")
	if _, err := scan(kv.Range{Start: key.New("h")}); !errors.Is(err, sealedkv.ErrDamaged) {
		t.Errorf("a row without scope: %v", err)
	}
}
