package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/seal"
)

// moveAway takes a file of the installation's away, and back brings it back.
func moveAway(path func(*installation) string) (away, back func(*testing.T, *installation)) {
	move := func(t *testing.T, from, to string) {
		t.Helper()
		if err := os.RemoveAll(to); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	return func(t *testing.T, in *installation) { move(t, path(in), in.file("kept")) },
		func(t *testing.T, in *installation) { move(t, in.file("kept"), path(in)) }
}

// instead puts something else in the place of a file for the time of a bad start.
func instead(path func(*installation) string, make func(t *testing.T, in *installation, path string)) (spoil, put func(*testing.T, *installation)) {
	away, back := moveAway(path)
	return func(t *testing.T, in *installation) {
		away(t, in)
		make(t, in, path(in))
	}, back
}

func keyFile(in *installation) string   { return in.key }
func dataDir(in *installation) string   { return in.data }
func storeFile(in *installation) string { return in.store() }

func written(content string, mode os.FileMode) func(*testing.T, *installation, string) {
	return func(t *testing.T, in *installation, path string) {
		name, err := filepath.Rel(in.root, path)
		if err != nil {
			t.Fatal(err)
		}
		in.write(t, name, content, mode)
	}
}

func badKeys() []badStart {
	one := func(name, want string, make func(*testing.T, *installation, string)) badStart {
		spoil, put := instead(keyFile, make)
		return badStart{name: "master key " + name, spoil: spoil, put: put, want: []string{want}}
	}
	return []badStart{
		one("missing", "put a copy back", func(*testing.T, *installation, string) {}),
		one("of another installation", "name the file of that key", func(t *testing.T, _ *installation, path string) {
			if _, err := seal.CreateMasterFile(path); err != nil {
				t.Fatal(err)
			}
		}),
		one("that others can read", "chmod 0400", func(t *testing.T, in *installation, path string) {
			copyFile(t, in.file("kept"), path, 0o644)
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
		}),
		one("that is empty", "put a copy back", written("", 0o400)),
		one("that is another file", "name the right one", written("-----BEGIN PRIVATE KEY-----\n", 0o400)),
		one("that was cut off", "put a copy back", written("holdplane-master-key-1\nAAAA", 0o400)),
		one("that is a folder", "is a directory", func(t *testing.T, _ *installation, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}),
		{name: "master key not named", args: []string{"--master-key-file", ""}, want: []string{"--master-key-file"}},
	}
}

func badFolders() []badStart {
	goneSpoil, gonePut := moveAway(dataDir)
	fileSpoil, filePut := instead(dataDir, written("", 0o600))
	open := func(mode os.FileMode) func(*testing.T, *installation) {
		return func(t *testing.T, in *installation) {
			if err := os.Chmod(in.data, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	return []badStart{
		{name: "data folder missing", spoil: goneSpoil, put: gonePut, want: []string{"does not exist", "holdplane init"}},
		{name: "data folder is a file", spoil: fileSpoil, put: filePut, want: []string{"is not a folder"}},
		{name: "data folder open to others", spoil: open(0o755), put: open(0o700), want: []string{"0755", "chmod 700"}},
		{name: "data folder not named", args: []string{"--data-dir", ""}, want: []string{"--data-dir"}},
	}
}

func badStores() []badStart {
	one := func(name, want string, make func(*testing.T, *installation, string)) badStart {
		spoil, put := instead(storeFile, make)
		return badStart{name: "store " + name, spoil: spoil, put: put, want: []string{"identity.db", want}}
	}
	damaged := func(name string, damage func([]byte) []byte) badStart {
		return one(name, "restore it from a backup", func(t *testing.T, in *installation, path string) {
			content, err := os.ReadFile(in.file("kept"))
			if err == nil {
				err = os.WriteFile(path, damage(content), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	return []badStart{
		damaged("emptied", func(b []byte) []byte { return nil }),
		damaged("cut off", func(b []byte) []byte { return b[:len(b)-os.Getpagesize()] }),
		damaged("without its header", func(b []byte) []byte { clear(b[:2*os.Getpagesize()]); return b }),
		damaged("of something else", func([]byte) []byte { return bytes.Repeat([]byte("hello\n"), 5000) }),
		damaged("with garbage behind the header", func(b []byte) []byte {
			for i := 2 * os.Getpagesize(); i < len(b); i++ {
				b[i] = byte(i * 7)
			}
			return b
		}),
		one("that is a folder", "is not a file", func(t *testing.T, _ *installation, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}),
		one("of a newer version", "newer version", func(t *testing.T, in *installation, path string) {
			copyFile(t, in.file("kept"), path, 0o600)
			stamp(t, path, "holdplane store\nformat 2\nsomething else")
		}),
		one("of another service", "useradmin", func(t *testing.T, in *installation, path string) {
			makeStore(t, in, path, "useradmin")
		}),
	}
}

// stamp writes into a store what it says of itself.
func stamp(t *testing.T, path, text string) {
	t.Helper()
	store, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Update(t.Context(), func(tx kv.Writer) error { return tx.Put(key.New("!", "stamp"), []byte(text)) }); err != nil {
		t.Fatal(err)
	}
}

func makeStore(t *testing.T, in *installation, path, service string) {
	t.Helper()
	master, err := seal.OpenMasterFile(in.key)
	if err != nil {
		t.Fatal(err)
	}
	file, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := sealedkv.Open(t.Context(), file, sealedkv.Options{Service: service, Master: master}); err != nil {
		t.Fatal(err)
	}
}
