package seal_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/holdplane/holdplane/pkg/seal"
)

func TestBlindTellsValuesApart(t *testing.T) {
	t.Parallel()
	indexer := seal.NewIndexer()
	values := [][]string{
		{"d"}, {"d", ""}, {"d", "", ""}, {"d", "ab", "c"}, {"d", "a", "bc"}, {"d", "abc"},
		{"e", "abc"}, {"da", "bc"}, {"", "dabc"}, {"d", "ABC"},
	}
	seen := map[string][]string{}
	for _, v := range values {
		blind := indexer.Blind(v[0], v[1:]...)
		if len(blind) != 16 {
			t.Errorf("%q became %d bytes", v, len(blind))
		}
		if other, ok := seen[string(blind)]; ok {
			t.Errorf("%q and %q are the same", v, other)
		}
		seen[string(blind)] = v
		if !bytes.Equal(blind, indexer.Blind(v[0], v[1:]...)) {
			t.Errorf("%q differs from itself", v)
		}
		if bytes.Equal(blind, seal.NewIndexer().Blind(v[0], v[1:]...)) {
			t.Errorf("%q is the same under another key", v)
		}
	}
}

func TestIndexerUnderParent(t *testing.T) {
	t.Parallel()
	parent, indexer := newKeyset(t), seal.NewIndexer()
	sealed, err := indexer.SealUnder(parent, []byte("place"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := seal.OpenIndexer(parent, sealed, []byte("place"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(opened.Blind("d", "v"), indexer.Blind("d", "v")) {
		t.Error("the reopened indexer makes other values")
	}
	if _, err := seal.OpenIndexer(parent, sealed, []byte("elsewhere")); !errors.Is(err, seal.ErrNotOpened) {
		t.Errorf("opened elsewhere: %v", err)
	}
	short := mustSeal(t, parent, "short", "place")
	if _, err := seal.OpenIndexer(parent, short, []byte("place")); err == nil {
		t.Error("a short key was accepted")
	}
}
