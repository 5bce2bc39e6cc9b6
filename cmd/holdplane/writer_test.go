package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
)

// record is an identity as the API has it.
type record struct {
	ID         string
	ExternalID string
	Meta       json.RawMessage
	Ratelimits []limit
}

type limit struct {
	Name            string
	Limit, Duration int
}

// listed is the record as lists have it.
func (r record) listed() record {
	r.Meta = nil
	return r
}

// same compares records; meta has to come back byte by byte.
func same(a, b record) bool { return reflect.DeepEqual(a, b) }

// change is a request of a writer's. A record that is not there has no ExternalID.
type change struct {
	event, path, body string
	name              string // the external id
	before, after     record
}

// writer makes changes to identities of its own, and keeps a journal of them.
type writer struct {
	number  int
	random  *rand.Rand
	version int               // makes every change another one
	there   map[string]record // by external id
	pending *change           // sent, but not answered before the server died
	events  map[string]int    // the changes that were made
	purse   purse
	safe    safe
	shelf   shelf
}

func newWriter(number int, seed uint64) *writer {
	return &writer{
		number: number, random: rand.New(rand.NewPCG(seed, uint64(number)+1)),
		there: map[string]record{}, events: map[string]int{}, shelf: newShelf(number),
	}
}

// names are few, so that external ids are freed and taken again.
const names = 5

// next makes up a change.
func (w *writer) next() *change {
	w.version++
	name := fmt.Sprintf("user/%d/%d", w.number, w.random.IntN(names))
	old, ok := w.there[name]
	c := &change{name: name, before: old}
	switch {
	case !ok:
		c.event, c.path = "identity.create", "/v1/identities.createIdentity"
		c.after = w.content(name, "")
		c.body = fmt.Sprintf(`{"externalId":%q,%s}`, name, c.after.values())
	case w.random.IntN(3) > 0:
		c.event, c.path = "identity.update", "/v1/identities.updateIdentity"
		c.after = w.content(name, old.ID)
		c.body = fmt.Sprintf(`{"externalId":%q,%s}`, name, c.after.values())
	default:
		c.event, c.path = "identity.delete", "/v1/identities.deleteIdentity"
		c.body = fmt.Sprintf(`{"identityId":%q}`, old.ID)
	}
	return c
}

// content is a record whose values all tell the version.
func (w *writer) content(name, id string) record {
	r := record{ID: id, ExternalID: name}
	r.Meta = fmt.Appendf(nil, `{"version":%d,"filling":"%s"}`, w.version, strings.Repeat("x", w.random.IntN(6000)))
	for _, n := range []string{"a", "b"} {
		r.Ratelimits = append(r.Ratelimits, limit{Name: n, Limit: w.version, Duration: 1000 + w.version})
	}
	return r
}

func (r record) values() string {
	var limits []string
	for _, l := range r.Ratelimits {
		limits = append(limits, fmt.Sprintf(`{"name":%q,"limit":%d,"duration":%d}`, l.Name, l.Limit, l.Duration))
	}
	return fmt.Sprintf(`"meta":%s,"ratelimits":[%s]`, r.Meta, strings.Join(limits, ","))
}

// acknowledge puts a change into the journal that the server says it has made.
func (w *writer) acknowledge(c *change, answer []byte) error {
	if c.event == "identity.create" {
		var made struct{ IdentityID string }
		if err := json.Unmarshal(answer, &made); err != nil || made.IdentityID == "" {
			return fmt.Errorf("create answers %q (%w)", answer, err)
		}
		c.after.ID = made.IdentityID
	}
	w.made(c)
	return nil
}

func (w *writer) made(c *change) {
	w.events[c.event]++
	if c.after.ExternalID == "" {
		delete(w.there, c.name)
	} else {
		w.there[c.name] = c.after
	}
}

// resolve finds out whether the change was made that the server died over. It has to
// be there whole, or not at all; meta is looked at by the caller.
func (w *writer) resolve(listed map[string]record) error {
	c := w.pending
	w.pending = nil
	got := listed[c.name]
	if c.event == "identity.create" {
		c.after.ID = got.ID
	}
	switch {
	case same(got, c.before.listed()):
		return nil
	case same(got, c.after.listed()):
		w.made(c)
		return nil
	}
	return fmt.Errorf("%s of %s was cut short and left %+v; before it was %+v", c.event, c.name, got, c.before)
}

// do sends a request and reads the whole answer.
func do(client *http.Client, r *http.Request) (status int, answer []byte, err error) {
	res, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}
