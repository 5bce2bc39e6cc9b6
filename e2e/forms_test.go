package e2e_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/internal/servers"
)

// server is a running Holdplane, whatever its form.
type server struct {
	baseURL   string // of the JSON gateway
	grpcAddr  string // of the public gRPC listener, as grpc.NewClient takes it
	rootKey   string // may do everything
	readerKey string // may read identities of the same tenant
	otherKey  string // may do everything in another tenant
}

// eachForm runs a test against a fresh server of each process form.
func eachForm(t *testing.T, test func(t *testing.T, s server)) {
	t.Run("one process", func(t *testing.T) { test(t, startOne(t)) })
	t.Run("two processes", func(t *testing.T) { test(t, startTwo(t)) })
	t.Run("one process on PostgreSQL", func(t *testing.T) { test(t, startOnPostgres(t)) })
}

// startOne starts what `holdplane dev` is. Its root key comes from the env file.
func startOne(t *testing.T) server {
	t.Helper()
	dir, addrs := shortDir(t), freeAddrs(t, 3)
	s := newServer("http://" + addrs[0])
	envFile := filepath.Join(dir, "env")
	start(t, dir, "dev", "--data-dir", filepath.Join(dir, "data"), "--http-addr", addrs[0],
		"--grpc-addr", addrs[1], "--admin-addr", addrs[2], "--env-file", envFile,
		"--bootstrap", write(t, dir, "bootstrap.yaml", s.bootstrap())).ready(t, s.baseURL)
	env := source(t, envFile)
	if env["BASE_URL"] != s.baseURL || env["GRPC_ADDR"] != addrs[1] {
		t.Errorf("env file says BASE_URL=%s GRPC_ADDR=%s, want %s and %s",
			env["BASE_URL"], env["GRPC_ADDR"], s.baseURL, addrs[1])
	}
	s.grpcAddr, s.rootKey = env["GRPC_ADDR"], env["UNKEY_ROOT_KEY"]
	return s
}

// startOnPostgres starts all in one process that keeps nothing in files of its own.
func startOnPostgres(t *testing.T) server {
	t.Helper()
	dir, addrs := shortDir(t), freeAddrs(t, 3)
	s := newServer("http://" + addrs[0])
	s.grpcAddr = addrs[1]
	key := filepath.Join(dir, "master.key")
	if out, err := command(t, dir, "init", "--data-dir", filepath.Join(dir, "data"), "--master-key-file", key).CombinedOutput(); err != nil {
		t.Fatalf("holdplane init: %v\n%s", err, out)
	}
	start(t, dir, "serve", "--store", servers.Postgres(t), "--master-key-file", key,
		"--internal-addr", "unix://"+filepath.Join(dir, "internal.sock"), "--reflection",
		"--http-addr", addrs[0], "--grpc-addr", addrs[1], "--admin-addr", addrs[2],
		"--bootstrap", write(t, dir, "bootstrap.yaml", s.bootstrap())).ready(t, s.baseURL)
	return s
}

// startTwo starts the identity service and the gateway as processes of their own.
func startTwo(t *testing.T) server {
	t.Helper()
	dir, addrs := shortDir(t), freeAddrs(t, 3)
	s := newServer("http://" + addrs[0])
	s.grpcAddr = "unix://" + filepath.Join(dir, "identity.sock")
	store := []string{"--data-dir", filepath.Join(dir, "data"), "--master-key-file", filepath.Join(dir, "master.key")}
	if out, err := command(t, dir, append([]string{"init"}, store...)...).CombinedOutput(); err != nil {
		t.Fatalf("holdplane init: %v\n%s", err, out)
	}
	start(t, dir, append([]string{"serve", "--services", "identity", "--grpc-addr", s.grpcAddr, "--reflection",
		"--admin-addr", addrs[1], "--bootstrap", write(t, dir, "bootstrap.yaml", s.bootstrap())}, store...)...)
	// A gateway is not ready before the services it needs are, so nobody waits for identity here.
	start(t, dir, "serve", "--services", "gateway", "--peer", "identity="+s.grpcAddr,
		"--http-addr", addrs[0], "--admin-addr", addrs[2]).ready(t, s.baseURL)
	return s
}

func newServer(baseURL string) server {
	return server{baseURL: baseURL, rootKey: newKey(), readerKey: newKey(), otherKey: newKey()}
}

func newKey() string { return "hp_root_" + rand.Text() }

// bootstrap is the file that brings the server's keys in.
func (s server) bootstrap() string {
	return fmt.Sprintf(`tenants:
  - id: default
    name: default
    root_keys:
      - {name: e2e-root, key: %s, permissions: ["*"]}
      - {name: e2e-reader, key: %s, permissions: [identity.*.read_identity]}
  - id: other
    name: other
    root_keys:
      - {name: e2e-other, key: %s, permissions: ["*"]}
`, s.rootKey, s.readerKey, s.otherKey)
}

// source reads a file of shell lines the way its users do: by a shell.
func source(t *testing.T, path string) map[string]string {
	t.Helper()
	cmd := exec.Command("sh", "-euc", `set -a; . "$1"; env -0`, "sh", path)
	cmd.Env, cmd.Stderr = []string{"PATH=" + os.Getenv("PATH")}, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("source %s: %v", path, err)
	}
	env := map[string]string{}
	for line := range strings.SplitSeq(string(out), "\x00") {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	return env
}
