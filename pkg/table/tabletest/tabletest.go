// Package tabletest checks in tests that stores are whole.
package tabletest

import (
	"context"
	"slices"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/table"
)

// page is small, so that walks go on from key to key.
const page = 100

// Findings are those of a whole store that set are all tables of.
func Findings(t testing.TB, store kv.Store, set table.Set) []table.Finding {
	t.Helper()
	var all []table.Finding
	for next, more := []byte(nil), true; more; more = next != nil {
		err := store.View(context.Background(), func(tx kv.Reader) error {
			r, err := set.Verify(tx, next, page)
			all, next = append(all, r.Findings...), r.Next
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Whole fails the test for everything that is damaged or dangling in a store. Orphans don't
// count while one of the outboxes has work left: it may be to remove them.
func Whole(t testing.TB, store kv.Store, set table.Set) {
	t.Helper()
	found := Findings(t, store, set)
	if busy(t, store) {
		found = slices.DeleteFunc(found, func(f table.Finding) bool { return f.Problem == table.Orphan })
	}
	for _, f := range found {
		t.Errorf("the store has a %s: tenant %q, table %q, %s: %s", f.Problem, f.Tenant, f.Table, f.ID, f.Detail)
	}
}

// busy tells whether one of the outboxes that remove rows has a message.
func busy(t testing.TB, store kv.Store) (has bool) {
	t.Helper()
	err := store.View(context.Background(), func(tx kv.Reader) error {
		for _, name := range []string{"outbox", "urgent"} {
			r := kv.Prefix(key.New("g", name))
			r.KeysOnly, r.Limit = true, 1
			for _, err := range tx.Scan(r) {
				has = true
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return has
}
