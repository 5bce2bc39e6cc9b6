package sealedkv_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/seal"
)

// newMaster returns the master key of a new installation.
func newMaster(t testing.TB) seal.Master {
	t.Helper()
	master, err := seal.CreateMasterFile(filepath.Join(t.TempDir(), "master"))
	if err != nil {
		t.Fatal(err)
	}
	return master
}

func open(t testing.TB, inner kv.Store, master seal.Master) *sealedkv.Store {
	t.Helper()
	store, err := sealedkv.Open(context.Background(), inner, sealedkv.Options{Service: "identity", Master: master})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func get(t testing.TB, store kv.Store, k []byte) (value []byte, err error) {
	t.Helper()
	err = store.View(context.Background(), func(r kv.Reader) error {
		value, err = r.Get(k)
		return err
	})
	return value, err
}

func put(t testing.TB, store kv.Store, k []byte, value string) error {
	t.Helper()
	return store.Update(context.Background(), func(w kv.Writer) error { return w.Put(k, []byte(value)) })
}

func mustPut(t testing.TB, store kv.Store, k []byte, value string) {
	t.Helper()
	if err := put(t, store, k, value); err != nil {
		t.Fatal(err)
	}
}

func wantValue(t testing.TB, store kv.Store, k []byte, want string) {
	t.Helper()
	if got, err := get(t, store, k); err != nil || string(got) != want {
		t.Errorf("%q holds %q, %v; want %q", k, got, err, want)
	}
}

var (
	globalKey = key.New("g", "session", "1")
	tenantKey = key.New("t", "acme", "identity", "1")
	ownKeys   = map[string][]byte{
		"stamp": key.New("!", "stamp"), "canary": key.New("!", "canary"),
		"service": key.New("!", "service"), "index": key.New("!", "index"),
	}
)

func TestReopenedStoreHoldsWhatWasWritten(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	first := open(t, inner, master)
	mustPut(t, first, globalKey, "global")
	mustPut(t, first, tenantKey, "")
	second := open(t, inner, master)
	for _, store := range []kv.Store{first, second} {
		wantValue(t, store, globalKey, "global")
		wantValue(t, store, tenantKey, "")
		if _, err := get(t, store, key.New("t", "stranger", "identity", "1")); !errors.Is(err, kv.ErrNotFound) {
			t.Errorf("absent key: %v", err)
		}
	}
	if a, b := first.Indexer().Blind("d", "v"), second.Indexer().Blind("d", "v"); !bytes.Equal(a, b) {
		t.Error("the index key is another one after opening again")
	}
	if !strings.HasPrefix(string(inner.rows[string(ownKeys["stamp"])]), "holdplane store\nformat 1\nservice identity\nmaster "+master.ID()) {
		t.Errorf("stamp %q", inner.rows[string(ownKeys["stamp"])])
	}
}

func TestOpenedByTwoAtOnce(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	inner.reruns = 1
	stores := make([]*sealedkv.Store, 8)
	var wg sync.WaitGroup
	for i := range stores {
		wg.Go(func() {
			store, err := sealedkv.Open(context.Background(), inner, sealedkv.Options{Service: "identity", Master: master})
			if err != nil {
				t.Error(err)
				return
			}
			stores[i] = store
			if err := put(t, store, key.New("t", "acme", "x", uint64(i)), "value"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, store := range stores {
		for i := range stores {
			wantValue(t, store, key.New("t", "acme", "x", uint64(i)), "value")
		}
	}
}

// unreachable is a master key behind a service that does not answer.
type unreachable struct{ seal.Master }

func (unreachable) Open(_, _ []byte) ([]byte, error) { return nil, io.ErrUnexpectedEOF }

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	master, filled := newMaster(t), newMemory()
	mustPut(t, open(t, filled, master), tenantKey, "value")
	newer := strings.Replace(string(filled.rows[string(ownKeys["stamp"])]), "format 1", "format 2", 1) + "and more\n"
	cases := []struct {
		name   string
		change func(*memory)
		o      sealedkv.Options
		want   error
		says   string
	}{
		{name: "as it is", o: sealedkv.Options{Service: "identity", Master: master}},
		{name: "no service", o: sealedkv.Options{Master: master}, says: "needed"},
		{name: "two words", o: sealedkv.Options{Service: "a b", Master: master}, says: "needed"},
		{name: "no master key", o: sealedkv.Options{Service: "identity"}, says: "needed"},
		{name: "another master key", o: sealedkv.Options{Service: "identity", Master: newMaster(t)}, want: sealedkv.ErrWrongMasterKey, says: master.ID()},
		{name: "master key out of reach", o: sealedkv.Options{Service: "identity", Master: unreachable{master}}, want: io.ErrUnexpectedEOF, says: master.ID()},
		{name: "another service", o: sealedkv.Options{Service: "useradmin", Master: master}, want: sealedkv.ErrOtherService, says: "identity"},
		{
			name: "newer format", o: sealedkv.Options{Service: "useradmin", Master: newMaster(t)}, want: sealedkv.ErrNewerFormat, says: "format is 2",
			change: func(m *memory) { m.rows[string(ownKeys["stamp"])] = []byte(newer) },
		},
		{
			name: "data without a stamp", o: sealedkv.Options{Service: "identity", Master: master}, want: sealedkv.ErrDamaged, says: "stamp",
			change: func(m *memory) { delete(m.rows, string(ownKeys["stamp"])) },
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inner := filled.copy()
			if c.change != nil {
				c.change(inner)
			}
			_, err := sealedkv.Open(context.Background(), inner, c.o)
			if c.want == nil && c.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %v with %q", err, c.want, c.says)
			}
		})
	}
}

func TestOpenRefusesDamagedOwnRows(t *testing.T) {
	t.Parallel()
	master, filled := newMaster(t), newMemory()
	open(t, filled, master)
	refused := func(name string, inner kv.Store) {
		_, err := sealedkv.Open(context.Background(), inner, sealedkv.Options{Service: "identity", Master: master})
		known := false
		for _, want := range []error{sealedkv.ErrDamaged, sealedkv.ErrOtherService, sealedkv.ErrNewerFormat} {
			known = known || errors.Is(err, want)
		}
		if !known {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, k := range ownKeys {
		lost := filled.copy()
		delete(lost.rows, string(k))
		refused(name+" lost", lost)
		for from, other := range ownKeys {
			if from != name {
				moved := filled.copy()
				moved.rows[string(k)] = filled.rows[string(other)]
				refused(from+" moved to "+name, moved)
			}
		}
		for i := range filled.rows[string(k)] {
			flipped := filled.copy()
			flipped.rows[string(k)] = bytes.Clone(filled.rows[string(k)])
			flipped.rows[string(k)][i] ^= 0x04
			refused(name+" flipped", flipped)
		}
	}
}

// A store from another installation under the same name differs in its keys.
func TestRowsOfAnotherInstallation(t *testing.T) {
	t.Parallel()
	master := newMaster(t)
	mine, theirs := newMemory(), newMemory()
	store := open(t, mine, master)
	mustPut(t, store, tenantKey, "mine")
	mustPut(t, open(t, theirs, master), tenantKey, "theirs")
	for k, v := range theirs.rows {
		if !bytes.HasPrefix([]byte(k), key.New("!")) {
			mine.rows[k] = v
		}
	}
	if _, err := get(t, store, tenantKey); !errors.Is(err, sealedkv.ErrDamaged) {
		t.Errorf("a row of another installation: %v", err)
	}
}

func TestSealersArePurposeBound(t *testing.T) {
	t.Parallel()
	inner, master := newMemory(), newMaster(t)
	store := open(t, inner, master)
	sealed, err := store.Sealer("cursor").Seal([]byte("position"), []byte("list"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, inner, master).Sealer("cursor").Open(sealed, []byte("list")); err != nil || string(got) != "position" {
		t.Errorf("opened %q, %v", got, err)
	}
	for _, other := range []struct{ purpose, aad string }{{"cursor", "lis"}, {"other", "list"}, {"cursorlist", ""}, {"", "list"}} {
		if _, err := store.Sealer(other.purpose).Open(sealed, []byte(other.aad)); !errors.Is(err, seal.ErrNotOpened) {
			t.Errorf("opened for %v: %v", other, err)
		}
	}
	inner.rows[string(globalKey)] = sealed
	if _, err := get(t, store, globalKey); !errors.Is(err, sealedkv.ErrDamaged) {
		t.Errorf("a cursor passed for a value: %v", err)
	}
}
