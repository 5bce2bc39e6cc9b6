package redislimit_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/limittest"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// cluster is three masters and, after them, a replica of each.
type cluster []*node

type node struct {
	*servers.Server
	client *redis.Client
	bus    string
}

const masters = 3

func newCluster(t *testing.T) cluster {
	c := make(cluster, 2*masters)
	for i := range c {
		// The usual port, 10,000 above the server's, may not exist.
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_, bus, _ := net.SplitHostPort(l.Addr().String())
		_ = l.Close()
		s := servers.StartRedis(t, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "1000")
		c[i] = &node{s, redis.NewClient(&redis.Options{Addr: s.Addr}), bus}
		t.Cleanup(func() { _ = c[i].client.Close() })
	}
	for i, n := range c {
		host, port, _ := net.SplitHostPort(c[0].Addr)
		n.do(t, "CLUSTER", "MEET", host, port, c[0].bus)
		if i < masters {
			n.do(t, "CLUSTER", "ADDSLOTSRANGE", i*16384/masters, (i+1)*16384/masters-1)
		}
	}
	for i, n := range c[masters:] {
		id := c[i].client.ClusterMyID(t.Context()).Val()
		until(t, 30*time.Second, func() bool {
			return n.client.Do(t.Context(), "CLUSTER", "REPLICATE", id).Err() == nil
		})
	}
	for _, n := range c {
		until(t, 30*time.Second, func() bool {
			info := n.client.ClusterInfo(t.Context()).Val()
			nodes := n.client.ClusterNodes(t.Context()).Val()
			return strings.Contains(info, "cluster_state:ok") && strings.Count(nodes, "slave ") == masters
		})
	}
	for _, n := range c[masters:] {
		until(t, 30*time.Second, func() bool {
			return strings.Contains(n.client.Info(t.Context(), "replication").Val(), "master_link_status:up")
		})
	}
	return c
}

func (n *node) do(t *testing.T, args ...any) {
	t.Helper()
	if err := n.client.Do(t.Context(), args...).Err(); err != nil {
		t.Fatal(err)
	}
}

func (c cluster) url() string {
	return "redis+cluster://" + c[0].Addr + "?addr=" + c[1].Addr + "&addr=" + c[2].Addr
}

// groups returns checks of as many groups, which are spread over all masters.
func groups(n int) []ratelimit.Check {
	checks := make([]ratelimit.Check, n)
	for i := range checks {
		checks[i] = ratelimit.Check{
			Group: fmt.Sprint("group ", i), Kind: ratelimit.Sliding, Limit: 10, Duration: 1000 * time.Hour, Cost: 1,
		}
	}
	return checks
}

func TestCluster(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	options := redislimit.Options{URL: c.url(), Budget: patient, Bounds: -1}
	t.Run("counts exactly", func(t *testing.T) { limittest.ExactOne(t, 1000, time.Second, open(t, options), open(t, options)) })
	t.Run("several groups count all or nothing", func(t *testing.T) { acrossSlots(t, options) })
	t.Run("several groups never count too much", func(t *testing.T) { neverAbove(t, options) })
	options.Budget = 0
	t.Run("a master is lost", func(t *testing.T) { lostMaster(t, c, open(t, options)) })
}

func acrossSlots(t *testing.T, options redislimit.Options) {
	l := open(t, options)
	checks := groups(20)
	full := checks[7]
	full.Cost = 10
	call := func(checks ...ratelimit.Check) []ratelimit.Verdict {
		t.Helper()
		got, err := l.Check(t.Context(), checks...)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if !ratelimit.Passed(call(full)) {
		t.Fatal("an empty counter denies")
	}
	for i, v := range call(checks...) {
		if v.Allowed != (i != 7) || v.Remaining != 10 && i != 7 {
			t.Errorf("check %d beside a full counter: %+v", i, v)
		}
	}
	others := append(checks[:7:7], checks[8:]...)
	for i, v := range call(others...) {
		if !v.Allowed || v.Remaining != 9 {
			t.Errorf("check %d without it: %+v", i, v)
		}
	}
}

// neverAbove has calls race for counters that overlap.
func neverAbove(t *testing.T, options redislimit.Options) {
	processes := []*redislimit.Limiter{open(t, options), open(t, options)}
	all := groups(26)[20:]
	var mu sync.Mutex
	granted := make(map[string]int)
	var callers sync.WaitGroup
	for i := range 32 {
		callers.Go(func() {
			for j := range 50 {
				checks := []ratelimit.Check{all[(i+j)%6], all[(i+2*j+1)%6], all[5]}
				checks[2].Limit = 30
				got, err := processes[i%2].Check(t.Context(), checks...)
				if err != nil {
					t.Error(err)
					return
				}
				if ratelimit.Passed(got) {
					mu.Lock()
					for _, c := range checks {
						granted[c.Group]++
					}
					mu.Unlock()
				}
			}
		})
	}
	callers.Wait()
	for _, c := range all {
		limit := 10
		if c.Group == all[5].Group {
			limit = 30
		}
		// All reservations are back, so what Redis holds is what was granted.
		c.Cost, c.Limit = 0, int64(limit)
		got, err := processes[0].Check(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if n := granted[c.Group]; n > limit || n != limit-int(got[0].Remaining) {
			t.Errorf("%s: %d granted of %d, Redis says %d", c.Group, n, limit, limit-int(got[0].Remaining))
		}
	}
}

// lostMaster holds go-redis' trap shut: with its defaults a client whose calls have a
// deadline does not find the new master for 20 seconds and more.
func lostMaster(t *testing.T, c cluster, l *redislimit.Limiter) {
	checks := groups(60)[30:]
	counted := func() (n int) {
		for _, c := range checks {
			c.Limit = 1e6
			if o := ask(t, l, c); o.err != nil {
				t.Fatalf("a check while a master is lost: %v", o.err)
			} else if o.verdict.Source == ratelimit.Counted {
				n++
			}
			c.OnOutage, c.Name = ratelimit.Closed, "closed"
			if o := ask(t, l, c); !errors.Is(o.err, ratelimit.ErrUnavailable) && (o.err != nil || o.verdict.Source != ratelimit.Counted) {
				t.Fatalf("a closed check while a master is lost: %+v", o)
			}
		}
		return n
	}
	until(t, 10*time.Second, func() bool { return counted() == len(checks) })
	c[0].Kill(t)
	began := time.Now()
	if n := counted(); n == 0 || n == len(checks) {
		t.Errorf("%d of %d counted in Redis with one master of three lost", n, len(checks))
	}
	until(t, 6*time.Second, func() bool { return counted() == len(checks) && !l.Stats().Degraded })
	t.Logf("shared again after %v; %+v", time.Since(began), l.Stats())
}
