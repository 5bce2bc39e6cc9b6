package seal_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/seal"
)

func createMaster(t *testing.T) (seal.Master, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "master.key")
	master, err := seal.CreateMasterFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return master, path
}

func TestMasterFileOpensWhatItsMakerSealed(t *testing.T) {
	t.Parallel()
	made, path := createMaster(t)
	sealed, err := made.Seal([]byte("plain"), []byte("place"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := seal.OpenMasterFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if opened.ID() != made.ID() || len(made.ID()) != 16 {
		t.Errorf("ids %q and %q, want two equal ones of 16 digits", opened.ID(), made.ID())
	}
	if got, err := opened.Open(sealed, []byte("place")); err != nil || string(got) != "plain" {
		t.Errorf("opened %q, %v", got, err)
	}
	if _, err := opened.Open(sealed, []byte("elsewhere")); !errors.Is(err, seal.ErrNotOpened) {
		t.Errorf("opened elsewhere: %v", err)
	}
	other, _ := createMaster(t)
	if _, err := other.Open(sealed, []byte("place")); !errors.Is(err, seal.ErrNotOpened) {
		t.Errorf("opened by another key: %v", err)
	}
	if other.ID() == made.ID() {
		t.Error("two keys have one id")
	}
}

func TestMasterFileOnDisk(t *testing.T) {
	t.Parallel()
	_, path := createMaster(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o400 {
		t.Errorf("mode %v", info.Mode())
	}
	before := readAll(t, path)
	if _, err := seal.CreateMasterFile(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("created over a file: %v", err)
	}
	if !bytes.Equal(before, readAll(t, path)) {
		t.Error("the file was overwritten")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v; want the key file alone", entries, err)
	}
	missing := filepath.Join(filepath.Dir(path), "missing", "master.key")
	if _, err := seal.CreateMasterFile(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("created in a missing folder: %v", err)
	}
}

func TestMasterFileRefusals(t *testing.T) {
	t.Parallel()
	_, path := createMaster(t)
	good := string(readAll(t, path))
	lines := strings.Split(good, "\n")
	cases := []struct {
		name, text string
		mode       fs.FileMode
		want       string // empty: opens
	}{
		{name: "as written", text: good, mode: 0o400},
		{name: "line ends of another system", text: strings.ReplaceAll(good, "\n", "\r\n"), mode: 0o600},
		{name: "readable by the group", text: good, mode: 0o440, want: "chmod 0400"},
		{name: "readable by the world", text: good, mode: 0o404, want: "chmod 0400"},
		{name: "empty", mode: 0o400, want: "is empty"},
		{name: "another file", text: "-----BEGIN PRIVATE KEY-----", mode: 0o400, want: "is not a master key file"},
		{name: "newer kind", text: strings.Replace(good, "key-1", "key-2", 1), mode: 0o400, want: "newer version"},
		{name: "cut off", text: lines[0] + "\n" + lines[1], mode: 0o400, want: "incomplete"},
		{name: "longer", text: good + "more", mode: 0o400, want: "incomplete"},
		{name: "short key", text: lines[0] + "\n" + lines[1][4:] + "\n" + lines[2], mode: 0o400, want: "checksum"},
		{name: "endless", text: good + strings.Repeat("x", 1<<20), mode: 0o400, want: "incomplete"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := writeFile(t, c.text, c.mode)
			_, err := seal.OpenMasterFile(file)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
				t.Fatalf("got %v, want the path and %q", err, c.want)
			}
		})
	}
	_, err := seal.OpenMasterFile(path + ".missing")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "holdplane init") {
		t.Errorf("missing file: %v", err)
	}
}

func TestMasterFileTellsEveryDamagedByte(t *testing.T) {
	t.Parallel()
	_, path := createMaster(t)
	good := readAll(t, path)
	for i := range len(bytes.TrimSpace(good)) {
		if bytes.ContainsAny(good[i:i+1], "\n") {
			continue
		}
		for _, flip := range []byte{0x01, 0x20, 0x80} {
			bad := bytes.Clone(good)
			bad[i] ^= flip
			if _, err := seal.OpenMasterFile(writeFile(t, string(bad), 0o400)); err == nil {
				t.Errorf("byte %d changed by %#x: opened", i, flip)
			}
		}
	}
}

func FuzzOpenMasterFile(f *testing.F) {
	f.Add([]byte("holdplane-master-key-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n0000000000000000\n"))
	f.Add([]byte("holdplane-master-key-1"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		// Only who knows SHA-256 of the key writes a file that opens: no mutation does.
		if master, err := seal.OpenMasterFile(writeFile(t, string(text), 0o400)); err == nil {
			t.Fatalf("opened %q as %s", text, master.ID())
		}
	})
}

func writeFile(t *testing.T, text string, mode fs.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return path
}

func readAll(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
