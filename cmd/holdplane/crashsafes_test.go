package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// verifySafes compares what secret-container keeps with what the writers know, and finds out
// what they don't.
func (c *crash) verifySafes(s *server) {
	listed := make([]map[string]string, len(c.writers))
	for i := range listed {
		listed[i] = map[string]string{}
	}
	for _, m := range c.keptIn(s, "/v1/secrets", "secrets") {
		name := textOf(m["name"])
		var writer, version int
		if _, err := fmt.Sscanf(name, "safe/%d/%d", &writer, &version); err == nil { // others were ordered
			ref := textOf(m["secret_ref"])
			listed[writer][ref[strings.LastIndexByte(ref, '/')+1:]] = name
		}
	}
	for _, w := range c.writers {
		consumers := map[string]bool{}
		if w.safe.container != "" {
			for _, m := range c.keptIn(s, "/v1/containers/"+w.safe.container+"/consumers", "consumers") {
				consumers[textOf(m["name"])] = true
			}
		}
		if err := w.safe.settle(listed[w.number], func(id string) []byte { return c.payload(s, id) }, consumers); err != nil {
			c.t.Errorf("writer %d: %v", w.number, err)
		}
		for _, id := range w.safe.orders {
			c.read(s, "/v1/orders/"+id, &struct{}{})
		}
	}
}

// keptIn reads all pages of a list.
func (c *crash) keptIn(s *server, path, member string) (all []map[string]any) {
	for {
		var page map[string]json.RawMessage
		c.read(s, fmt.Sprintf("%s?limit=100&offset=%d", path, len(all)), &page)
		var some []map[string]any
		var total int
		if err := json.Unmarshal(page[member], &some); err != nil {
			c.t.Fatal(err)
		}
		if err := json.Unmarshal(page["total"], &total); err != nil {
			c.t.Fatal(err)
		}
		if all = append(all, some...); len(all) >= total || len(some) == 0 {
			return all
		}
	}
}

// payload is that of a secret; nil when it has none.
func (c *crash) payload(s *server, id string) []byte {
	status, body, err := c.call(http.MethodGet, s.baseURL+"/v1/secrets/"+id+"/payload", "")
	switch {
	case err == nil && status == http.StatusOK:
		return body
	case err != nil || status != http.StatusNotFound || !strings.Contains(string(body), "no payload"):
		c.t.Errorf("the payload of %s answers %d %s (%v)", id, status, body, err)
	}
	return nil
}

// verifyOrders wants that all acknowledged orders have become keys.
func (c *crash) verifyOrders(s *server) {
	for _, w := range c.writers {
		for _, id := range w.safe.orders {
			var order map[string]any
			eventually(c.t, "order "+id+" is done", func() bool {
				c.read(s, "/v1/orders/"+id, &order)
				return order["status"] == "ACTIVE"
			})
			ref := textOf(order["secret_ref"])
			if got := c.payload(s, ref[strings.LastIndexByte(ref, '/')+1:]); len(got) != 32 {
				c.t.Errorf("order %s has made a key of %d bytes, want 32", id, len(got))
			}
		}
	}
}

// settle compares what is there with what the writer knows, and takes over what may be.
// listed are names of the writer's secrets, payload reads one and is nil where there is none.
func (v *safe) settle(listed map[string]string, payload func(id string) []byte, consumers map[string]bool) error {
	var kept []keptSecret
	for _, m := range v.secrets {
		_, there := listed[m.id]
		delete(listed, m.id)
		if !there && m.id == v.unsure.deleted {
			continue
		}
		if !there {
			return fmt.Errorf("secret %s is lost", m.id)
		}
		if got := payload(m.id); !bytes.Equal(got, m.payload) {
			if m.id != v.unsure.filled || !bytes.Equal(got, v.unsure.payload) {
				return fmt.Errorf("secret %s has a payload of %d bytes, want %d others", m.id, len(got), len(m.payload))
			}
			m.payload = got
		}
		kept = append(kept, m)
	}
	for id, name := range listed {
		if name != v.unsure.name || !bytes.Equal(payload(id), v.unsure.payload) {
			return fmt.Errorf("secret %s, %q, was not made, or by half, or deleted", id, name)
		}
		kept = append(kept, keptSecret{id, v.unsure.payload})
	}
	for n := range names {
		if name := userName(n); consumers[name] != v.consumers[name] && name != v.unsure.consumer {
			return fmt.Errorf("consumer %s is there: %t, want the opposite", name, consumers[name])
		}
	}
	v.secrets, v.consumers, v.unsure = kept, consumers, unsure{}
	return nil
}

// TestLostSecretIsNoticed makes sure that the campaign would see what must not be.
func TestLostSecretIsNoticed(t *testing.T) {
	text := []byte("payload")
	kept := []keptSecret{{"id", text}}
	there := map[string]string{"id": "safe/0/1"}
	for name, c := range map[string]struct {
		safe      safe
		listed    map[string]string
		payload   []byte
		consumers map[string]bool
		wrong     bool
	}{
		"as it was":                  {safe: safe{secrets: kept}, listed: there, payload: text},
		"made, unknown":              {safe: safe{unsure: unsure{name: "safe/0/1", payload: text}}, listed: there, payload: text},
		"not made, unknown":          {safe: safe{unsure: unsure{name: "safe/0/1", payload: text}}},
		"made without its payload":   {safe: safe{unsure: unsure{name: "safe/0/1", payload: text}}, listed: there, wrong: true},
		"filled, unknown":            {safe: safe{secrets: []keptSecret{{"id", nil}}, unsure: unsure{filled: "id", payload: text}}, listed: there, payload: text},
		"not filled, unknown":        {safe: safe{secrets: []keptSecret{{"id", nil}}, unsure: unsure{filled: "id", payload: text}}, listed: there},
		"filled by half":             {safe: safe{secrets: []keptSecret{{"id", nil}}, unsure: unsure{filled: "id", payload: text}}, listed: there, payload: text[1:], wrong: true},
		"deleted, unknown":           {safe: safe{secrets: kept, unsure: unsure{deleted: "id"}}},
		"lost":                       {safe: safe{secrets: kept}, wrong: true},
		"another payload":            {safe: safe{secrets: kept}, listed: there, payload: text[1:], wrong: true},
		"a deleted secret is there":  {listed: there, payload: text, wrong: true},
		"a consumer is lost":         {safe: safe{consumers: map[string]bool{"user-1": true}}, wrong: true},
		"an ended consumer is there": {consumers: map[string]bool{"user-1": true}, wrong: true},
		"a consumer came, unknown":   {safe: safe{unsure: unsure{consumer: "user-1"}}, consumers: map[string]bool{"user-1": true}},
		"a consumer went, unknown":   {safe: safe{consumers: map[string]bool{"user-1": true}, unsure: unsure{consumer: "user-1"}}},
	} {
		err := c.safe.settle(maps.Clone(c.listed), func(string) []byte { return c.payload }, c.consumers)
		if (err != nil) != c.wrong {
			t.Errorf("%s: %v", name, err)
		}
	}
}
