package table_test

import (
	"context"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/seal"
)

// FuzzVerify writes anything anywhere below the tables: it may be found, and ends nothing.
func FuzzVerify(f *testing.F) {
	for _, k := range [][]byte{
		motherKey, nobody, key.New("t", "a", "key/name", "v"), key.New("t", "a", "key/start", "v", motherKey), key.New("t", "a", "key/count"),
		key.New("g", "ttl", uint64(1), motherKey), key.New("g", "count", "key", key.New("t", "a"), key.New("1"), "+"), key.New("g", "key/tenant", "v"), key.New("t", "", "key"),
	} {
		f.Add(k, motherKey)
		f.Add(k, []byte("key"))
		f.Add(k[:len(k)-1], varint(3))
	}
	f.Fuzz(func(t *testing.T, k, value []byte) {
		if kv.CheckEntry(k, value) != nil {
			return
		}
		s := newFamily(t, newStore(t), seal.NewIndexer())
		update(t, s, func(tx kv.Writer) error { return tx.Put(k, value) })
		before := entries(t, s, nil)
		err := s.View(context.Background(), func(tx kv.Reader) error {
			r, err := s.set().Verify(tx, nil, 0)
			if r.Checked != before || r.Next != nil {
				t.Errorf("%d keys of %d are checked, then %q", r.Checked, before, r.Next)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
