package kvtest

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

var entryTests = []test{
	{"an absent key is not found", absentKey},
	{"what was put is read", readBack},
	{"an empty value is a value", emptyValue},
	{"a second put replaces", replace},
	{"a deleted key is gone and may be deleted again", deleteTwice},
	{"a transaction sees its own changes", ownChanges},
	{"every byte may stand in a key", anyByte},
	{"sizes are limited", sizes},
	{"a transaction may change thousands of keys", manyKeys},
}

func absentKey(t *testing.T, s kv.Store) {
	put(t, s, "b=1")
	view(t, s, func(tx kv.Reader) error {
		for _, key := range []string{"", "a", "b\x00", "bb", "c"} {
			value, err := tx.Get([]byte(key))
			wantErr(t, "Get "+key, err, kv.ErrNotFound)
			if value != nil {
				t.Errorf("Get %q: value %q with an error", key, value)
			}
		}
		return nil
	})
}

func readBack(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=2")
	view(t, s, func(tx kv.Reader) error {
		return wantValue(t, tx, "b", "2")
	})
	want(t, s, "a=1", "b=2")
}

func wantValue(t *testing.T, tx kv.Reader, key, want string) error {
	t.Helper()
	value, err := tx.Get([]byte(key))
	if err == nil && string(value) != want {
		t.Errorf("Get %q: got %q, want %q", key, value, want)
	}
	return err
}

func emptyValue(t *testing.T, s kv.Store) {
	update(t, s, func(tx kv.Writer) error {
		if err := tx.Put([]byte("nil"), nil); err != nil {
			return err
		}
		if err := tx.Put([]byte("none"), []byte{}); err != nil {
			return err
		}
		if err := wantValue(t, tx, "nil", ""); err != nil {
			return err
		}
		return wantValue(t, tx, "none", "")
	})
	view(t, s, func(tx kv.Reader) error { return wantValue(t, tx, "nil", "") })
	want(t, s, "nil=", "none=")
}

func replace(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "a=2")
	want(t, s, "a=2")
	put(t, s, "a=3")
	want(t, s, "a=3")
}

func deleteTwice(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=2")
	for range 2 {
		update(t, s, func(tx kv.Writer) error { return tx.Delete([]byte("a")) })
		want(t, s, "b=2")
	}
}

func ownChanges(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=2")
	update(t, s, func(tx kv.Writer) error {
		if err := putPairs(tx, []string{"a=3", "c=4"}); err != nil {
			return err
		}
		if err := tx.Delete([]byte("b")); err != nil {
			return err
		}
		if err := wantValue(t, tx, "a", "3"); err != nil {
			return err
		}
		_, err := tx.Get([]byte("b"))
		wantErr(t, "Get of a key deleted before", err, kv.ErrNotFound)
		got, err := scan(tx, kv.Range{})
		equal(t, "Scan", got, []string{"a=3", "c=4"})
		return err
	})
	want(t, s, "a=3", "c=4")
}

func anyByte(t *testing.T, s kv.Store) {
	var keys []string
	for _, first := range []byte{0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff} {
		keys = append(keys, string([]byte{first})+"=", string([]byte{first, 0x00})+"=",
			string([]byte{first, 0x00, 0x00})+"=", string([]byte{first, 0xff})+"=")
	}
	put(t, s, keys...)
	want(t, s, keys...)
}

func sizes(t *testing.T, s kv.Store) {
	longest, largest := make([]byte, kv.MaxKeyLen), bytes.Repeat([]byte{1}, kv.MaxValueLen)
	update(t, s, func(tx kv.Writer) error { return tx.Put(longest, largest) })
	view(t, s, func(tx kv.Reader) error {
		value, err := tx.Get(longest)
		if !bytes.Equal(value, largest) {
			t.Errorf("the largest value came back with %d bytes", len(value))
		}
		return err
	})
	update(t, s, func(tx kv.Writer) error {
		wantErr(t, "Put with a long key", tx.Put(append(longest, 0), nil), kv.ErrTooLarge)
		wantErr(t, "Put with an empty key", tx.Put(nil, nil), kv.ErrTooLarge)
		wantErr(t, "Put of a large value", tx.Put([]byte("a"), append(largest, 0)), kv.ErrTooLarge)
		wantErr(t, "Delete of an empty key", tx.Delete(nil), kv.ErrTooLarge)
		return tx.Delete(longest)
	})
	want(t, s)
}

// manyKeys puts keys in a scattered order, then takes every second away.
func manyKeys(t *testing.T, s kv.Store) {
	const n = 3001
	name := func(i int) string { return fmt.Sprintf("%04d", i) }
	var pairs, odd []string
	for i := range n {
		pairs = append(pairs, name(i*1009%n)+"=1")
		if i%2 == 1 {
			odd = append(odd, name(i)+"=1")
		}
	}
	put(t, s, pairs...)
	update(t, s, func(tx kv.Writer) error {
		for i := 0; i < n; i += 2 {
			if err := tx.Delete([]byte(name(i))); err != nil {
				return err
			}
		}
		return nil
	})
	want(t, s, odd...)
}
