// Package kvtest is the contract of kv.Store as a program. Every driver and every
// decorator passes Run and Simulate; those that outlive the process pass Reopen too.
package kvtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

type test struct {
	name string
	run  func(t *testing.T, s kv.Store)
}

// Run checks the contract of kv.Store. open returns an empty store and closes it in
// t.Cleanup; the tests may have closed it before.
func Run(t *testing.T, open func(t *testing.T) kv.Store) {
	t.Helper()
	groups := []struct {
		name  string
		tests []test
	}{
		{"entries", entryTests},
		{"scans", scanTests},
		{"expectations", expectationTests},
		{"isolation", isolationTests},
		{"failures", failureTests},
		{"life", lifeTests},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, c := range g.tests {
				t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
			}
		})
	}
}

// update runs fn in an Update that has to succeed.
func update(t *testing.T, s kv.Store, fn func(tx kv.Writer) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// view runs fn in a View that has to succeed.
func view(t *testing.T, s kv.Store, fn func(tx kv.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// put stores pairs written "key=value".
func put(t *testing.T, s kv.Store, pairs ...string) {
	t.Helper()
	update(t, s, func(tx kv.Writer) error { return putPairs(tx, pairs) })
}

func putPairs(tx kv.Writer, pairs []string) error {
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		if err := tx.Put([]byte(key), []byte(value)); err != nil {
			return err
		}
	}
	return nil
}

// want checks everything the store holds, in order, as pairs "key=value".
func want(t *testing.T, s kv.Store, pairs ...string) {
	t.Helper()
	view(t, s, func(tx kv.Reader) error {
		got, err := scan(tx, kv.Range{})
		if err != nil {
			return err
		}
		equal(t, "content", got, pairs)
		return nil
	})
}

func scan(tx kv.Reader, r kv.Range) ([]string, error) {
	var pairs []string
	for e, err := range tx.Scan(r) {
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, string(e.Key)+"="+string(e.Value))
	}
	return pairs, nil
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %s, want %s", what, abridge(got), abridge(want))
	}
}

func abridge(pairs []string) string {
	const most = 40
	if len(pairs) > most {
		return fmt.Sprintf("%q and %d more", pairs[:most], len(pairs)-most)
	}
	return fmt.Sprintf("%q", pairs)
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}
