package sealedkv_test

import (
	"context"
	"errors"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

func TestScansEndWithTheirContext(t *testing.T) {
	t.Parallel()
	store := open(t, newMemory(), newMaster(t))
	fill(t, store)
	for _, keysOnly := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		err := store.View(ctx, func(r kv.Reader) error {
			for _, err := range r.Scan(kv.Range{KeysOnly: keysOnly}) {
				if err != nil {
					return err
				}
				seen++
				cancel()
			}
			return nil
		})
		if seen != 1 || !errors.Is(err, context.Canceled) {
			t.Errorf("keys only %t: after the end %d entries came, then %v", keysOnly, seen-1, err)
		}
	}
}
