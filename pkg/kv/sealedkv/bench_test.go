package sealedkv_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
)

// BenchmarkGet shows what sealing adds to one read of 300 bytes in a transaction of its
// own, and, as two reads, what reading the keyset's row adds to that.
func BenchmarkGet(b *testing.B) {
	inner, err := boltkv.Open(filepath.Join(b.TempDir(), "store"), boltkv.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = inner.Close() })
	for name, inner := range map[string]kv.Store{"memkv": memkv.New(), "boltkv": inner} {
		sealed := open(b, inner, newMaster(b))
		for i := range uint64(1000) {
			k := key.New("t", "acme", "identity", i)
			mustPut(b, sealed, k, string(make([]byte, 300)))
		}
		k := key.New("t", "acme", "identity", uint64(500))
		for reads := range 3 {
			b.Run(fmt.Sprintf("%s/bare/%d", name, reads), func(b *testing.B) { benchGet(b, inner, k, reads) })
			b.Run(fmt.Sprintf("%s/sealed/%d", name, reads), func(b *testing.B) { benchGet(b, sealed, k, reads) })
		}
	}
}

func benchGet(b *testing.B, store kv.Store, k []byte, reads int) {
	b.ReportAllocs()
	for b.Loop() {
		err := store.View(context.Background(), func(r kv.Reader) error {
			for range reads {
				if _, err := r.Get(k); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
