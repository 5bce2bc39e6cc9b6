package e2e_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/internal/servers"
)

// cluster is what any number of processes share: a PostgreSQL, a Redis and a master key.
// They keep nothing in files of their own.
type cluster struct {
	server
	dir   string
	flags []string
}

func newCluster(t *testing.T, s server) cluster {
	t.Helper()
	s.mails = startMailServer(t)
	c := cluster{server: s, dir: shortDir(t)}
	key := filepath.Join(c.dir, "master.key")
	initialise(t, c.dir, "--data-dir", filepath.Join(c.dir, "data"), "--master-key-file", key)
	// With all processes of a test there are fewer connections than a PostgreSQL has.
	c.flags = []string{"--store", servers.Postgres(t) + "&pool_max_conns=2", "--redis", "redis://" + servers.StartRedis(t).Addr,
		"--master-key-file", key, "--smtp-url", s.mails.url, "--bootstrap", write(t, c.dir, "bootstrap.yaml", c.bootstrap())}
	return c
}

// join starts one more process, which runs all services.
func (c cluster) join(t *testing.T) (server, *process) {
	t.Helper()
	addrs := freeAddrs(t, 3)
	s := c.server
	s.baseURL, s.grpcAddr, s.adminAddr = "http://"+addrs[0], addrs[1], addrs[2]
	p := start(t, c.dir, append([]string{"serve", "--reflection", "--internal-addr", c.socket(s),
		"--http-addr", addrs[0], "--grpc-addr", addrs[1], "--admin-addr", addrs[2]}, c.flags...)...)
	p.ready(t, s.baseURL)
	return s, p
}

// socket is where the operator's commands reach a process.
func (c cluster) socket(s server) string {
	return "unix://" + filepath.Join(c.dir, fmt.Sprintf("%s.sock", filepath.Base(s.grpcAddr)))
}

// operate runs an operator's command against a process.
func (c cluster) operate(t *testing.T, s server, args ...string) []byte {
	t.Helper()
	out, err := command(t, c.dir, append(args, "--internal-addr", c.socket(s), "--json")...).CombinedOutput()
	if err != nil {
		t.Fatalf("holdplane %v: %v\n%s", args, err, out)
	}
	return out
}
