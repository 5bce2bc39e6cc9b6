package redislimit_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// startSentinel returns the address of one that watches a master called main.
func startSentinel(t *testing.T, master string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	_, port, _ := net.SplitHostPort(addr)
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	settings := fmt.Sprintf("bind 127.0.0.1\nport %s\nsentinel monitor main %s 1\n"+
		"sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 2000\n",
		port, strings.Replace(master, ":", " ", 1))
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	sentinel := exec.Command("redis-server", file, "--sentinel")
	if err := sentinel.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sentinel.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = sentinel.Wait() // killed
	})
	return addr
}

// TestSentinel has the master die and the replica take over.
func TestSentinel(t *testing.T) {
	t.Parallel()
	master := servers.StartRedis(t)
	host, port, _ := net.SplitHostPort(master.Addr)
	replica := servers.StartRedis(t, "--replicaof", host+" "+port)
	sentinel := startSentinel(t, master.Addr)
	client := redis.NewSentinelClient(&redis.Options{Addr: sentinel})
	defer client.Close()
	until(t, 30*time.Second, func() bool {
		replicas, err := client.Replicas(t.Context(), "main").Result()
		return err == nil && len(replicas) == 1 && replicas[0]["master-link-status"] == "ok"
	})
	l := open(t, redislimit.Options{URL: "redis+sentinel://" + sentinel + "?master_name=main"})
	counted := func() bool {
		o := ask(t, l, long("sentinel", 1e6, 1))
		return o.err == nil && o.verdict.Source == ratelimit.Counted
	}
	until(t, 10*time.Second, counted)
	master.Kill(t)
	began := time.Now()
	until(t, 10*time.Second, func() bool {
		got, err := client.GetMasterAddrByName(t.Context(), "main").Result()
		return err == nil && net.JoinHostPort(got[0], got[1]) == replica.Addr
	})
	failedOver := time.Since(began)
	until(t, 3*time.Second, counted)
	t.Logf("failed over after %v, shared again after %v", failedOver, time.Since(began))
}
