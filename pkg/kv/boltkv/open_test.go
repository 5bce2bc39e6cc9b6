package boltkv_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
)

var garbles = flag.Int("garbles", 60, "files of TestGarbledFile")

// holdFile opens the store, says so and keeps it until its input ends.
func holdFile(path string) error {
	s, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		return err
	}
	if err := say("open"); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, s.Close())
}

func TestLockedByAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	stdin, release, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close() })
	c := start(t, "hold the file", path, stdin)
	if !c.lines.Scan() {
		t.Fatal("the other process could not open the store")
	}
	_, err = boltkv.Open(path, boltkv.Options{LockTimeout: time.Millisecond})
	if !errors.Is(err, boltkv.ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("Open of a locked file: %v", err)
	}
	if err := release.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := boltkv.Open(path, boltkv.Options{LockTimeout: time.Minute})
	if err != nil {
		t.Fatalf("Open while the other process ends: %v", err)
	}
	if err := errors.Join(s.Close(), c.Wait()); err != nil {
		t.Error(err)
	}
}

func TestNewFileIsPrivate(t *testing.T) {
	folder := t.TempDir()
	open(t, folder, boltkv.Options{})
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Fatalf("the folder holds %v, error %v", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name, path string
		want       error
	}{
		{"a folder that does not exist", filepath.Join(folder, "none", "store.db"), fs.ErrNotExist},
		{"a folder", folder, nil},
		{"an empty file", file("empty", nil), boltkv.ErrDamaged},
		{"a short text", file("text", []byte("hello")), boltkv.ErrDamaged},
		{"a page of zeros", file("zeros", make([]byte, 4096)), boltkv.ErrDamaged},
		{"a megabyte of zeros", file("more zeros", make([]byte, 1<<20)), boltkv.ErrDamaged},
	} {
		s, err := boltkv.Open(c.path, boltkv.Options{})
		if err == nil {
			t.Errorf("%s: opened", c.name)
			err = s.Close()
		}
		if c.want != nil && !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), "open store "+c.path) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// filledFile returns the bytes of a store's file with several levels of pages, some of
// them free, and how many of the bytes are in use.
func filledFile(t *testing.T) (content []byte, used int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for from := uint64(0); from < 1500; from += 100 {
		err := s.Update(t.Context(), func(tx kv.Writer) (err error) {
			for n := from; n < from+100; n++ {
				err = errors.Join(err, write(n%crashWriters, n)(tx))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stats, err := s.Stats()
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	content, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content[:stats.Bytes], stats.Bytes
}

func TestTruncatedFile(t *testing.T) {
	content, used := filledFile(t)
	path := filepath.Join(t.TempDir(), "store.db")
	lengths := []int64{1, 16, 100, 1024, 4095, 4096, 4097, 8191, 8192, 8193, 12288, 16384, used / 2, used - 4096, used - 1, used}
	random := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		lengths = append(lengths, random.Int64N(used))
	}
	for _, length := range lengths {
		if err := os.WriteFile(path, content[:length], 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := boltkv.Open(path, boltkv.Options{})
		if err == nil {
			err = errors.Join(s.Check(t.Context()), s.Close())
		}
		if want := length < used; want != errors.Is(err, boltkv.ErrDamaged) {
			t.Errorf("cut at %d of %d bytes: %v", length, used, err)
		}
	}
}

// TestGarbledFile overwrites parts of a file. Values may be wrong then, since bbolt has
// no checksums; but everything has to end, and with errors that say what happened.
func TestGarbledFile(t *testing.T) {
	content, used := filledFile(t)
	folder := t.TempDir()
	seen := 0
	for seed := range uint64(*garbles) {
		random := rand.New(rand.NewPCG(seed, 0))
		path := filepath.Join(folder, "store.db")
		bad := append([]byte(nil), content...)
		for range 1 + random.IntN(3) {
			garble(random, bad, int(used))
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		err := useDamaged(path, random)
		if err != nil && !errors.Is(err, boltkv.ErrDamaged) {
			t.Errorf("seed %d: %v", seed, err)
		}
		if err != nil {
			seen++
		}
	}
	if seen == 0 {
		t.Error("no damage was noticed")
	}
}

// garble overwrites some bytes, often in the first bytes of a page, which hold its kind
// and its numbers.
func garble(random *rand.Rand, content []byte, used int) {
	at := random.IntN(used)
	if random.IntN(2) == 0 {
		at = at&^4095 + random.IntN(64)
	}
	for i := range 1 + random.IntN(8) {
		if at+i < used {
			content[at+i] = byte(random.Uint32())
		}
	}
}

// useDamaged does everything that can be done with a store and returns what went wrong.
func useDamaged(path string, random *rand.Rand) error {
	s, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		return err
	}
	ctx := context.Background()
	checked := s.Check(ctx)
	viewed := s.View(ctx, func(tx kv.Reader) (err error) {
		for e, e2 := range tx.Scan(kv.Range{Reverse: random.IntN(2) == 0}) {
			err = errors.Join(err, e2)
			if e2 == nil {
				_, e2 = tx.Get(e.Key)
				if !errors.Is(e2, kv.ErrNotFound) { // keys may be out of order
					err = errors.Join(err, e2)
				}
			}
		}
		return err
	})
	var updated error
	for range 5 {
		updated = errors.Join(updated, s.Update(ctx, write(random.Uint64N(crashWriters), random.Uint64N(3000))))
	}
	return errors.Join(checked, viewed, updated, s.Close())
}
