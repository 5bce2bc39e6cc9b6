package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/identity"
)

// settle finds out what is there after a server was stopped under its writers.
func (c *crash) settle() {
	server := c.startServe(c.t, "--bootstrap", c.start)
	c.verify(c.await(c.t, server))
	server.stop(c.t)
}

// finish lets the sweeper fold the counts, and compares the audit log with the changes.
func (c *crash) finish() {
	server := c.startServe(c.t, "--bootstrap", c.start)
	s := c.await(c.t, server)
	c.verify(s)
	c.verifyOrders(s)
	c.checkAudit(identity.Name, func(w *writer) map[string]int { return w.events })
	c.checkAudit(connectionvault.Name, func(w *writer) map[string]int { return w.shelf.events })
	<-time.After(1500 * time.Millisecond) // the sweeper's second, and some
	c.verify(s)
	server.stop(c.t)
	c.checkFiles()
	c.wantWhole(c.t)
	c.openStore(c.t, specOf(identity.Name), func(store kv.Store) {
		err := store.View(c.t.Context(), func(tx kv.Reader) error {
			for e, err := range tx.Scan(kv.Prefix(key.New("g", "count"))) {
				return fmt.Errorf("the sweeper has left %q (%w)", e.Key, err)
			}
			return nil
		})
		if err != nil {
			c.t.Error(err)
		}
	})
}

// checkAudit wants one record for every change that the writers count, also for those of
// which it was unknown whether they were made.
func (c *crash) checkAudit(service string, counted func(*writer) map[string]int) {
	balance := map[string]int{}
	for _, w := range c.writers {
		for event, n := range counted(w) {
			balance[event] += n
		}
	}
	out := mustRun(c.t, "audit", "--service", service, "--tenant", crashTenant, "--limit", "0", "--json", "--data-dir", c.data)
	for line := range strings.Lines(out) {
		var r struct{ Event string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			c.t.Fatal(err)
		}
		if _, ok := balance[r.Event]; ok {
			balance[r.Event]--
		}
	}
	for event, n := range balance {
		if n != 0 {
			c.t.Errorf("%s: %d changes have no audit record", event, n)
		}
	}
}
