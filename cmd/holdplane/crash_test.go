package main

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
)

const (
	crashWriters = 16
	crashTenant  = "crash"
	crashKey     = "hp_root_crash0000000000000000000"
	crashApp     = "crash-app"
	crashStart   = "tenants: [{id: crash, root_keys: [{name: crash, key: " + crashKey + ", permissions: ['*', openstack.admin, vault.everything, vault.tokens.read]}], " +
		"apps: [{id: " + crashApp + ", api_key: sk_crash_0123456789abcdef, integrations: [{service_id: " + keyed + "}, {service_id: " + granted + "}]}]}]\n"
)

// TestCrashCampaign kills the whole server under 16 writers again and again, also while
// it starts and around its sweeper's second, and looks for every acknowledged write: of
// identities, keys, overrides, credits spent, secrets with their payloads, consumers of
// containers, orders, and all that connection-vault keeps.
func TestCrashCampaign(t *testing.T) {
	t.Run("bolt", func(t *testing.T) { crashOften(t, install(t), campaign(50, 1000)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		in := install(t)
		in.postgres = servers.Postgres(t)
		crashOften(t, in, campaign(10, 100))
	})
}

func crashOften(t *testing.T, in *installation, rounds int) {
	seed := rand.Uint64()
	c := newCrash(t, in, seed)
	for round := range rounds {
		c.round(round)
		if t.Failed() {
			t.Fatalf("seed %d, round %d", seed, round)
		}
	}
	c.finish()
	acknowledged := c.acknowledged.Load()
	t.Logf("%d kills, %d acknowledged writes, %d of unknown outcome", rounds, acknowledged, c.unknown)
	if acknowledged < int64(rounds) || c.unknown == 0 {
		t.Error("too few writes were acknowledged, or cut short, to show anything")
	}
}

// TestCutShortIsNoticed makes sure that the campaign would see a change that was made by
// half, and a value of another version.
func TestCutShortIsNoticed(t *testing.T) {
	w := newWriter(0, 1)
	create := w.next()
	half := create.after
	half.Ratelimits = half.Ratelimits[:1]
	w.version++
	other := w.content(create.name, "")
	for name, c := range map[string]struct {
		listed map[string]record
		wrong  bool
	}{
		"not made":      {listed: map[string]record{}},
		"made":          {listed: map[string]record{create.name: create.after.listed()}},
		"made by half":  {listed: map[string]record{create.name: half.listed()}, wrong: true},
		"another value": {listed: map[string]record{create.name: other.listed()}, wrong: true},
	} {
		w.pending = create
		if err := w.resolve(c.listed); (err != nil) != c.wrong {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// crash is a campaign: a server that is killed, and those who write to it.
type crash struct {
	*installation
	t       *testing.T
	random  *rand.Rand
	start   string // the bootstrap file
	client  *http.Client
	writers []*writer
	api     string // of the writers' keys

	ending       atomic.Bool // the server may end at any time
	acknowledged atomic.Int64
	unknown      int
}

func newCrash(t *testing.T, in *installation, seed uint64) *crash {
	c := &crash{installation: in, t: t, random: rand.New(rand.NewPCG(seed, 0))}
	c.start = c.write(t, "start.yaml", crashStart, 0o600)
	c.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: crashWriters}}
	for n := range crashWriters {
		c.writers = append(c.writers, newWriter(n, seed))
	}
	return c
}

func (c *crash) round(n int) {
	server := c.startServe(c.t, "--bootstrap", c.start)
	switch {
	case n%4 == 0: // it may not even be ready
		c.killAfter(server, 5*time.Millisecond, 400*time.Millisecond)
	case n%20 == 5: // around the sweeper's second
		c.writeAndKill(server, 900*time.Millisecond, 1200*time.Millisecond)
	default:
		c.writeAndKill(server, 5*time.Millisecond, 400*time.Millisecond)
	}
	wantNoStack(c.t, server.log.String())
	c.checkFiles()
	if n%campaign(1, 20) == 0 { // they grow with the rounds
		c.wantWhole(c.t)
	}
}

// killAfter kills the server after a random time.
func (c *crash) killAfter(server *child, least, most time.Duration) {
	<-time.After(least + time.Duration(c.random.Int64N(int64(most-least))))
	c.ending.Store(true)
	server.kill()
	if status, ok := server.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		c.t.Errorf("the server ended by itself: %v\n%s", server.cmd.ProcessState, server.log)
	}
}

// writeAndKill has all writers write until the server is killed.
func (c *crash) writeAndKill(server *child, least, most time.Duration) {
	s := c.await(c.t, server)
	c.verify(s)
	c.ending.Store(false)
	c.writeAll(s, func() { c.killAfter(server, least, most) })
}

// writeAll has all writers write until the server doesn't take any more, and something
// happen meanwhile.
func (c *crash) writeAll(s *server, meanwhile func()) {
	c.prepare(s)
	services := []func(*server, *writer) bool{c.step, c.useKey, c.useSafe, c.useVault}
	var writing sync.WaitGroup
	for _, w := range c.writers {
		writing.Go(func() {
			for n := w.number; services[n%len(services)](s, w); n++ { // there may be time for few
				c.acknowledged.Add(1)
			}
		})
	}
	meanwhile()
	writing.Wait()
	c.client.CloseIdleConnections()
}

// step makes one change; false when the server is gone, or about to go.
func (c *crash) step(s *server, w *writer) bool {
	op := w.next()
	status, body, err := c.call(http.MethodPost, s.baseURL+op.path, op.body)
	switch {
	case (err != nil || status >= http.StatusInternalServerError) && c.ending.Load():
		w.pending = op // nobody knows
		return false
	case err != nil:
		c.t.Errorf("writer %d: the connection broke before the kill: %v", w.number, err)
		return false
	case status != http.StatusOK:
		c.t.Errorf("writer %d: %s %s answers %d: %s", w.number, op.path, op.body, status, body)
		return false
	}
	if err := w.acknowledge(op, body); err != nil {
		c.t.Errorf("writer %d: %v", w.number, err)
		return false
	}
	return true
}

// checkFiles checks the pages of the files that the dead server left.
func (c *crash) checkFiles() {
	for _, spec := range services {
		c.view(filepath.Join(c.data, spec.name+".db"), func(store *boltkv.Store) error { return store.Check(c.t.Context()) })
	}
}

// view looks into a store's file, if the server has come so far as to make it.
func (c *crash) view(path string, look func(*boltkv.Store) error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return
	}
	store, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := errors.Join(look(store), store.Close()); err != nil {
		c.t.Error(err)
	}
}
