package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// eachForm runs a test against a fresh server of each process form.
func eachForm(t *testing.T, test func(t *testing.T, s server)) { eachFormOf(t, newServer, test) }

// eachFormOf is eachForm for servers that are set up in another way.
func eachFormOf(t *testing.T, set func() server, test func(t *testing.T, s server)) {
	t.Run("one process", func(t *testing.T) { test(t, startOne(t, set())) })
	t.Run("two processes", func(t *testing.T) { test(t, startTwo(t, set())) })
	t.Run("one process on PostgreSQL and Redis", func(t *testing.T) {
		c := newCluster(t, set())
		s, _ := c.join(t)
		verifies(t, c.dir, "--internal-addr", c.socket(s))
		test(t, s)
	})
}

// startOne starts what `holdplane dev` is. Its root key comes from the env file.
func startOne(t *testing.T, s server) server {
	t.Helper()
	dir, addrs := shortDir(t), freeAddrs(t, 3)
	s.baseURL = "http://" + addrs[0]
	envFile := filepath.Join(dir, "env")
	start(t, dir, "dev", "--data-dir", filepath.Join(dir, "data"), "--http-addr", addrs[0],
		"--grpc-addr", addrs[1], "--admin-addr", addrs[2], "--env-file", envFile,
		"--bootstrap", write(t, dir, "bootstrap.yaml", s.bootstrap())).ready(t, s.baseURL)
	verifies(t, dir, "--data-dir", filepath.Join(dir, "data"))
	env := source(t, envFile)
	if env["BASE_URL"] != s.baseURL || env["GRPC_ADDR"] != addrs[1] {
		t.Errorf("env file says BASE_URL=%s GRPC_ADDR=%s, want %s and %s",
			env["BASE_URL"], env["GRPC_ADDR"], s.baseURL, addrs[1])
	}
	s.grpcAddr, s.rootKey = env["GRPC_ADDR"], env["UNKEY_ROOT_KEY"]
	return s
}

// startTwo starts the services and the gateway as processes of their own.
func startTwo(t *testing.T, s server) server {
	t.Helper()
	dir, addrs := shortDir(t), freeAddrs(t, 3)
	s.mails = startMailServer(t)
	s.baseURL, s.grpcAddr = "http://"+addrs[0], "unix://"+filepath.Join(dir, "services.sock")
	store := []string{"--data-dir", filepath.Join(dir, "data"), "--master-key-file", filepath.Join(dir, "master.key")}
	initialise(t, dir, store...)
	start(t, dir, append([]string{"serve", "--services", "identity,user-admin,secret-container,connection-vault", "--grpc-addr", s.grpcAddr, "--reflection", "--public-url", s.baseURL,
		"--smtp-url", s.mails.url, "--admin-addr", addrs[1], "--bootstrap", write(t, dir, "bootstrap.yaml", s.bootstrap())}, store...)...)
	// A gateway is not ready before the services it needs are, so nobody waits for them here.
	start(t, dir, "serve", "--services", "gateway", "--peer", "identity="+s.grpcAddr, "--peer", "user-admin="+s.grpcAddr, "--peer", "secret-container="+s.grpcAddr,
		"--peer", "connection-vault="+s.grpcAddr,
		"--http-addr", addrs[0], "--admin-addr", addrs[2]).ready(t, s.baseURL)
	verifies(t, dir, "--data-dir", filepath.Join(dir, "data"))
	return s
}

func initialise(t *testing.T, dir string, flags ...string) {
	t.Helper()
	if out, err := command(t, dir, append([]string{"init"}, flags...)...).CombinedOutput(); err != nil {
		t.Fatalf("holdplane init: %v\n%s", err, out)
	}
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
