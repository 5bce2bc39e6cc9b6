package main

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// badStart is a start that can't work, and what the operator is told about it.
type badStart struct {
	name string
	// spoil makes the start impossible; put undoes it. Both may be nil.
	spoil, put func(t *testing.T, in *installation)
	// args are added to those of a right start. ROOT in them is the folder of the test.
	args []string
	// want are words of the one line that is printed.
	want []string
}

func TestBadStart(t *testing.T) {
	template := install(t)
	apiKey := template.fill(t)
	for _, c := range slices.Concat(badKeys(), badFolders(), badStores(), badRedis(), badAddresses(t), badParts(), badBootstraps()) {
		t.Run(c.name, func(t *testing.T) {
			in := template.copy(t)
			c.try(t, in)
			if c.spoil != nil { // something was changed that could matter
				in.wantIdentity(t, apiKey)
			}
		})
	}
}

// TestStartBesideAnother starts a second server on the data of a running one, which
// has to go on as if nothing had happened.
func TestStartBesideAnother(t *testing.T) {
	in := install(t)
	apiKey := in.fill(t)
	s := in.serve(t)
	second := startChild(t, in.serveArgs("--env-file", "")...)
	wantRefusal(t, second, in.store(), "another process has the file open", "stop that one")
	s.wantIdentity(t, apiKey)
	mustRun(t, "tenants", "list", "--data-dir", in.data)
}

func TestDevRefuses(t *testing.T) {
	in := install(t)
	dev := func(more ...string) []string {
		return append([]string{"dev", "--data-dir", in.data, "--master-key-file", in.key, "--http-addr", "127.0.0.1:0",
			"--grpc-addr", "127.0.0.1:0", "--admin-addr", ""}, more...)
	}
	wantRefusal(t, startChild(t, dev("--http-addr", "0.0.0.0:0")...), "--http-addr", "0.0.0.0", "loopback", "holdplane serve")
	wantRefusal(t, startChild(t, dev("--grpc-addr", "[::]:0", "--allow-plaintext")...), "--grpc-addr", "loopback")
	in.fill(t)
	wantRefusal(t, startChild(t, dev("--master-key-file", in.file("none"))...), in.file("none"), "put it back")
	if _, err := os.Stat(in.file("none")); err == nil {
		t.Error("dev has made a new master key for old data")
	}
}

func TestInitKeepsWhatIsThere(t *testing.T) {
	in := install(t)
	apiKey := in.fill(t)
	before := contents(t, in.root)
	wantRefusal(t, startChild(t, "init", "--data-dir", in.data, "--master-key-file", in.key), in.key, "exists already")
	wantUnchanged(t, before, contents(t, in.root))
	in.wantIdentity(t, apiKey)
}

// try starts holdplane, which must say why it can't in one line and change nothing.
func (c badStart) try(t *testing.T, in *installation) {
	t.Helper()
	if c.spoil != nil {
		c.spoil(t, in)
	}
	before := contents(t, in.root)
	args := in.serveArgs()
	for _, a := range c.args {
		args = append(args, strings.ReplaceAll(a, "ROOT", in.root))
	}
	wantRefusal(t, startChild(t, args...), c.want...)
	wantUnchanged(t, before, contents(t, in.root))
	if c.put != nil {
		c.put(t, in)
	}
}

// wantRefusal waits for the end of a child that has only one line to say.
func wantRefusal(t *testing.T, c *child, want ...string) {
	t.Helper()
	line := wantFailure(t, c, want...)
	if text := c.log.String() + c.out.String(); text != line+"\n" {
		t.Errorf("want one line and nothing else, got\n%s", text)
	}
}

// wantFailure waits for the end of a child that says why in its last line, behind the
// lines of its log.
func wantFailure(t *testing.T, c *child, want ...string) (line string) {
	t.Helper()
	if code := c.exitCode(t); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantNoStack(t, c.log.String())
	lines := strings.Split(strings.TrimSuffix(c.log.String(), "\n"), "\n")
	line = lines[len(lines)-1]
	t.Log(line)
	if !strings.HasPrefix(line, "holdplane: ") {
		t.Errorf("got %q, want a line that begins with holdplane:", line)
	}
	for _, l := range lines[:len(lines)-1] {
		if !strings.HasPrefix(l, `{"time":`) {
			t.Errorf("got %q, want a line of the log", l)
		}
	}
	for _, w := range want {
		if !strings.Contains(line, w) {
			t.Errorf("got %q, want %q in it", line, w)
		}
	}
	return line
}

// contents are the files below a folder.
func contents(t *testing.T, root string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		found[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wantUnchanged(t *testing.T, before, after map[string][]byte) {
	t.Helper()
	for path, text := range after {
		if old, ok := before[path]; !ok || !bytes.Equal(text, old) {
			t.Errorf("%s is new or has changed", path)
		}
	}
	for path := range before {
		if _, ok := after[path]; !ok {
			t.Errorf("%s is gone", path)
		}
	}
}

// fill makes a tenant with an identity, and returns the tenant's key.
func (in *installation) fill(t *testing.T) (apiKey string) {
	t.Helper()
	s := in.serve(t)
	_, apiKey = s.newKey(t, "acme", "*")
	if status, body := s.post(t, apiKey, "/v1/identities.createIdentity", map[string]any{"externalId": "user_1"}); status != http.StatusOK {
		t.Fatal(status, body)
	}
	s.stop()
	in.trim(t)
	return apiKey
}

// trim cuts off the room that the store's file has grown by in advance.
func (in *installation) trim(t *testing.T) {
	t.Helper()
	content, err := os.ReadFile(in.store())
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	used := (len(bytes.TrimRight(content, "\x00")) + page - 1) / page * page
	if err := os.Truncate(in.store(), int64(used)); err != nil {
		t.Fatal(err)
	}
}

func (in *installation) store() string { return filepath.Join(in.data, "identity.db") }

// copy is another installation with the same data and key.
func (in *installation) copy(t *testing.T) *installation {
	t.Helper()
	other := install(t)
	removeFile(t, other.key)
	copyFile(t, in.key, other.key, 0o400)
	stores, err := filepath.Glob(filepath.Join(in.data, "*.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stores {
		copyFile(t, path, filepath.Join(other.data, filepath.Base(path)), 0o600)
	}
	return other
}

func copyFile(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// wantIdentity makes the right start, and reads what fill has made.
func (in *installation) wantIdentity(t *testing.T, apiKey string) {
	t.Helper()
	s := in.serve(t)
	defer s.stop()
	s.wantIdentity(t, apiKey)
}

func (s *server) wantIdentity(t *testing.T, apiKey string) {
	t.Helper()
	if status, body := s.send(t, http.MethodGet, apiKey, "/v1/identities.getIdentity?externalId=user_1", ""); status != http.StatusOK {
		t.Errorf("the identity answers %d: %s", status, body)
	}
}
