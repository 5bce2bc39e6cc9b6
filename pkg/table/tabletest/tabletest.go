// Package tabletest checks in tests that stores are whole.
package tabletest

import (
	"context"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
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

// Whole fails the test for everything that is damaged or dangling in a store.
func Whole(t testing.TB, store kv.Store, set table.Set) {
	t.Helper()
	for _, f := range Findings(t, store, set) {
		t.Errorf("the store has a %s: tenant %q, table %q, %s: %s", f.Problem, f.Tenant, f.Table, f.ID, f.Detail)
	}
}
