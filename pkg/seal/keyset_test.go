package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/holdplane/holdplane/pkg/seal"
)

func newKeyset(t testing.TB) *seal.Keyset {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

func mustSeal(t testing.TB, a seal.AEAD, plaintext, aad string) []byte {
	t.Helper()
	sealed, err := a.Seal([]byte(plaintext), []byte(aad))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func wantOpen(t *testing.T, a seal.AEAD, sealed []byte, aad, want string) {
	t.Helper()
	if got, err := a.Open(sealed, []byte(aad)); err != nil || string(got) != want {
		t.Errorf("opened %q, %v; want %q", got, err, want)
	}
}

func wantNotOpened(t *testing.T, a seal.AEAD, sealed []byte, aad string) {
	t.Helper()
	if got, err := a.Open(sealed, []byte(aad)); !errors.Is(err, seal.ErrNotOpened) || got != nil {
		t.Errorf("opened %q, %v; want ErrNotOpened", got, err)
	}
}

func TestKeysetSealsAndOpens(t *testing.T) {
	t.Parallel()
	keyset, other := newKeyset(t), newKeyset(t)
	for _, plaintext := range []string{"", "x", string(make([]byte, 70_000))} {
		sealed := mustSeal(t, keyset, plaintext, "place")
		if len(sealed) != len(plaintext)+seal.Overhead {
			t.Errorf("%d bytes became %d, want %d more", len(plaintext), len(sealed), seal.Overhead)
		}
		wantOpen(t, keyset, sealed, "place", plaintext)
		wantNotOpened(t, keyset, sealed, "plac")
		wantNotOpened(t, other, sealed, "place")
		if bytes.Equal(sealed, mustSeal(t, keyset, plaintext, "place")) {
			t.Error("sealed twice alike: the nonce is not random")
		}
	}
}

func TestKeysetRefusesEveryChangedBit(t *testing.T) {
	t.Parallel()
	keyset := newKeyset(t)
	sealed := mustSeal(t, keyset, "attack at dawn", "place")
	for i := range len(sealed) * 8 {
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		wantNotOpened(t, keyset, bad, "place")
	}
	for n := range sealed {
		wantNotOpened(t, keyset, sealed[:n], "place")
	}
	wantNotOpened(t, keyset, append(bytes.Clone(sealed), 0), "place")
}

func TestNoncesDoNotRepeat(t *testing.T) {
	t.Parallel()
	keyset := newKeyset(t)
	seen := map[string]bool{}
	for range 100_000 {
		nonce := string(mustSeal(t, keyset, "", "")[5:29])
		if seen[nonce] {
			t.Fatal("a nonce repeats")
		}
		seen[nonce] = true
	}
}

func TestKeysetUnderParent(t *testing.T) {
	t.Parallel()
	parent, keyset := newKeyset(t), newKeyset(t)
	value := mustSeal(t, keyset, "value", "")
	sealed, err := keyset.SealUnder(parent, []byte("place"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := seal.OpenKeyset(parent, sealed, []byte("place"))
	if err != nil {
		t.Fatal(err)
	}
	wantOpen(t, opened, value, "", "value")
	if _, err := seal.OpenKeyset(parent, sealed, []byte("elsewhere")); !errors.Is(err, seal.ErrNotOpened) {
		t.Errorf("opened elsewhere: %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 0x40
		if _, err := seal.OpenKeyset(parent, bad, []byte("place")); !errors.Is(err, seal.ErrNotOpened) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	garbage := mustSeal(t, parent, "no keyset", "place")
	if _, err := seal.OpenKeyset(parent, garbage, []byte("place")); err == nil {
		t.Error("garbage opened as a keyset")
	}
}

func TestRotatedKeysetOpensOldValues(t *testing.T) {
	t.Parallel()
	parent, old := newKeyset(t), newKeyset(t)
	before := mustSeal(t, old, "before", "")
	rotated, err := old.Rotated()
	if err != nil {
		t.Fatal(err)
	}
	after := mustSeal(t, rotated, "after", "")
	wantNotOpened(t, old, after, "")
	sealed, err := rotated.SealUnder(parent, nil)
	if err != nil {
		t.Fatal(err)
	}
	reopened, err := seal.OpenKeyset(parent, sealed, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, keyset := range []*seal.Keyset{rotated, reopened} {
		wantOpen(t, keyset, before, "", "before")
		wantOpen(t, keyset, after, "", "after")
		wantNotOpened(t, old, mustSeal(t, keyset, "later", ""), "")
	}
}

func FuzzOpen(f *testing.F) {
	keyset := newKeyset(f)
	f.Add(mustSeal(f, keyset, "value", "place"), []byte("elsewhere"))
	f.Add([]byte{1, 2, 3, 4, 5}, []byte("place"))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, sealed, aad []byte) {
		if got, err := keyset.Open(sealed, aad); err == nil {
			t.Errorf("opened %x as %q", sealed, got)
		}
		if _, err := seal.OpenKeyset(keyset, sealed, aad); err == nil {
			t.Errorf("opened %x as a keyset", sealed)
		}
		if _, err := seal.OpenIndexer(keyset, sealed, aad); err == nil {
			t.Errorf("opened %x as an index key", sealed)
		}
	})
}

// FuzzReadKeyset is about what only a holder of the parent's key could write.
func FuzzReadKeyset(f *testing.F) {
	parent, keyset := newKeyset(f), newKeyset(f)
	sealed, err := keyset.SealUnder(parent, nil)
	if err != nil {
		f.Fatal(err)
	}
	serialized, err := parent.Open(sealed, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(serialized)
	f.Add(serialized[:len(serialized)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, serialized []byte) {
		sealed := mustSeal(t, parent, string(serialized), "")
		keyset, err := seal.OpenKeyset(parent, sealed, nil)
		if err != nil {
			return
		}
		wantOpen(t, keyset, mustSeal(t, keyset, "value", "aad"), "aad", "value")
	})
}

func BenchmarkKeyset(b *testing.B) {
	keyset, parent := newKeyset(b), newKeyset(b)
	aad := string(make([]byte, 64))
	for _, size := range []int{300, 4096} {
		plaintext := make([]byte, size)
		sealed := mustSeal(b, keyset, string(plaintext), aad)
		b.Run(fmt.Sprintf("seal/%d", size), func(b *testing.B) {
			for b.Loop() {
				mustSeal(b, keyset, string(plaintext), aad)
			}
		})
		b.Run(fmt.Sprintf("open/%d", size), func(b *testing.B) {
			for b.Loop() {
				if _, err := keyset.Open(sealed, []byte(aad)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	sealed, err := keyset.SealUnder(parent, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("open a keyset", func(b *testing.B) {
		for b.Loop() {
			if _, err := seal.OpenKeyset(parent, sealed, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	indexer := seal.NewIndexer()
	b.Run("blind", func(b *testing.B) {
		for b.Loop() {
			indexer.Blind("externalId", "user_0123456789")
		}
	})
}
