package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// installation is what init makes, in a folder of its own.
type installation struct {
	root string // what tests put elsewhere, such as bootstrap files
	data string
	key  string // the master key's file
	// postgres is the address of the stores; empty where they are files.
	postgres string
	last     *child // of startServe
}

// install runs `holdplane init`.
func install(t *testing.T) *installation {
	t.Helper()
	return installIn(t, newRoot(t))
}

// newRoot makes a folder with a path that is short enough for sockets in it.
func newRoot(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("", "hp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	return root
}

func installIn(t *testing.T, root string) *installation {
	t.Helper()
	in := &installation{root: root, data: filepath.Join(root, "data"), key: filepath.Join(root, "master.key")}
	mustRun(t, "init", "--data-dir", in.data, "--master-key-file", in.key)
	return in
}

func (in *installation) file(name string) string { return filepath.Join(in.root, name) }

// write makes a file of the operator's.
func (in *installation) write(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	path := in.file(name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return path
}

// serveArgs are the arguments of a server on free ports. Of two equal flags the last
// one counts.
func (in *installation) serveArgs(more ...string) []string {
	args := []string{"serve", "--data-dir", in.data, "--master-key-file", in.key, "--http-addr", "127.0.0.1:0",
		"--grpc-addr", "127.0.0.1:0", "--admin-addr", "", "--env-file", in.file("env")}
	if in.postgres != "" {
		args = append(args, "--store", in.postgres)
	}
	return append(args, more...)
}

// instance is a server that a test can stop.
type instance struct {
	*server
	stop func() // ends it; it must end without an error
}

// serve runs `holdplane serve` in this test's process.
func (in *installation) serve(t *testing.T, more ...string) *instance {
	t.Helper()
	s := &instance{server: &server{dir: in.data, log: &logBuffer{}}}
	removeFile(t, in.file("env"))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx, in.serveArgs(more...), strings.NewReader(""), s.log, s.log) }()
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("holdplane serve ended with: %v\n%s", err, s.log)
		}
		done <- nil
	}
	t.Cleanup(func() { s.stop() })
	s.connect(t, waitForEnv(t, in.file("env"), done))
	return s
}

// startServe runs `holdplane serve` in a process of its own, without waiting for it.
func (in *installation) startServe(t *testing.T, more ...string) *child {
	t.Helper()
	removeFile(t, in.file("env"))
	in.last = startChild(t, in.serveArgs(more...)...)
	return in.last
}

// await waits until a child of startServe listens, and connects to it.
func (in *installation) await(t *testing.T, c *child) *server {
	t.Helper()
	s, ok := in.tryAwait(t, c)
	if !ok {
		t.Fatalf("%q ended before it was ready: %v\n%s", c.cmd.Args[1:], c.cmd.ProcessState, c.log)
	}
	return s
}

// tryAwait is not ok when the child ends instead.
func (in *installation) tryAwait(t *testing.T, c *child) (s *server, ok bool) {
	t.Helper()
	eventually(t, "the server listens", func() bool {
		_, err := os.Stat(in.file("env"))
		ok = err == nil
		return ok || c.ended()
	})
	if !ok {
		return nil, false
	}
	vars, err := readEnvFile(in.file("env"))
	if err != nil {
		t.Fatal(err)
	}
	s = &server{dir: in.data, log: c.log}
	s.connect(t, vars)
	return s, true
}

func (s *server) connect(t *testing.T, vars map[string]string) {
	t.Helper()
	s.baseURL = vars["BASE_URL"]
	s.internal = dial(t, internalIn(s.dir))
	if addr := vars["GRPC_ADDR"]; addr != "" {
		s.public = dial(t, addr)
	}
}

func removeFile(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

// mustRun runs a command in this process and returns what it printed.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := runWith(t, "", args...)
	if err != nil {
		t.Fatalf("holdplane %q: %v", args, err)
	}
	return out
}

// runWith runs a command that reads from input.
func runWith(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	var out, errOut strings.Builder
	err := run(t.Context(), args, strings.NewReader(input), &out, &errOut)
	if errOut.Len() > 0 {
		t.Errorf("holdplane %q wrote to its error output: %s", args, &errOut)
	}
	return out.String(), err
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
