package sealedkv_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
)

// FuzzStoredRow puts anything in the place of a value, a tenant's keyset and each of
// the store's own rows: nothing but the original opens.
func FuzzStoredRow(f *testing.F) {
	inner, master := newMemory(), newMaster(f)
	mustPut(f, open(f, inner, master), tenantKey, "value")
	changed := [][]byte{tenantKey, key.New("!", "keyset", "acme")}
	for _, k := range ownKeys {
		changed = append(changed, k)
	}
	for _, k := range changed {
		row := inner.rows[string(k)]
		f.Add(row)
		f.Add(row[:len(row)-1])
		f.Add(append(bytes.Clone(row), 0x10, 0x01)) // destroyed and alive at once
	}
	f.Add([]byte{})
	f.Add([]byte{0x10, 0x01})
	f.Add([]byte("holdplane store\nformat 99999999999999999999\n"))
	f.Fuzz(func(t *testing.T, row []byte) {
		for _, k := range changed {
			if bytes.Equal(row, inner.rows[string(k)]) {
				continue
			}
			bad := inner.copy()
			bad.rows[string(k)] = row
			store, err := sealedkv.Open(context.Background(), bad, sealedkv.Options{Service: "identity", Master: master})
			if err != nil {
				continue
			}
			got, err := get(t, store, tenantKey)
			switch {
			case errors.Is(err, sealedkv.ErrDamaged), errors.Is(err, sealedkv.ErrDestroyed):
			case err == nil && string(got) == "value" && !bytes.Equal(k, tenantKey):
				// Protobuf has many spellings of the same sealed keyset.
			default:
				t.Errorf("%q under %q: read %q, %v", row, k, got, err)
			}
		}
	})
}

// FuzzKey compares which keys are accepted with what pkg/key makes of them. A tenant
// that pkg/key cannot have encoded is nobody's, so it may pass.
func FuzzKey(f *testing.F) {
	f.Add(key.New("t", "a\x00b", "x", uint64(1)))
	f.Add(key.New("t", "a\x00\xff", "x"))
	f.Add(key.New("g"))
	f.Add(key.New("t", ""))
	f.Add(ownKeys["canary"])
	f.Add([]byte{})
	inner := newMemory()
	store := open(f, inner, newMaster(f))
	f.Fuzz(func(t *testing.T, k []byte) {
		before := len(inner.rows)
		err := put(t, store, k, "value")
		if accepted, want := err == nil, acceptable(k); accepted != want && !bytes.Contains(k, []byte{escape}) {
			t.Fatalf("%q: %v", k, err)
		}
		if err != nil {
			if len(inner.rows) != before {
				t.Errorf("%q was refused and written", k)
			}
			return
		}
		wantValue(t, store, k, "value")
		delete(inner.rows, string(k))
	})
}

// escape begins the sequences that pkg/key may find malformed.
const escape = 0x01

func acceptable(k []byte) bool {
	if kv.CheckKey(k) != nil {
		return false
	}
	scope, rest, err := key.Cut(k)
	if err != nil || scope != "t" {
		return err == nil && scope == "g"
	}
	tenant, _, err := key.Cut(rest)
	name, ok := tenant.(string)
	return err == nil && ok && name != ""
}
