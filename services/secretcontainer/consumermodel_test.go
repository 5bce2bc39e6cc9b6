package secretcontainer_test

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// crew is a model of a container's consumers: those that are there and those that were, in the
// order they came in.
type crew struct {
	w     *world
	ctx   context.Context
	id    string
	names []member
}

type member struct {
	name, url string
	there     bool
}

// GetName and GetUrl make members like the consumers of answers.
func (m member) GetName() string { return m.name }
func (m member) GetUrl() string  { return m.url }

// TestConsumersAgainstAModel has random consumers come and go, and compares pages of them.
func TestConsumersAgainstAModel(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	rapid.Check(t, func(t *rapid.T) {
		m := &crew{w: w, ctx: ctx, id: w.contain(ctx)}
		t.Repeat(map[string]func(*rapid.T){
			"register": m.register, "unregister": m.unregister, "page": m.page, "": m.compare,
		})
	})
}

// draw picks a consumer among few, and tells its place; -1 when it never came.
func (m *crew) draw(t *rapid.T) (name, url string, at int) {
	name = rapid.SampledFrom([]string{"a", "B", "b", "ä", "a ", "aa", "\U0001f600", "\uffff"}).Draw(t, "name")
	url = rapid.SampledFrom([]string{"1", "2", "A"}).Draw(t, "url")
	return name, url, slices.IndexFunc(m.names, func(n member) bool { return n.name == name && n.url == url })
}

func (m *crew) register(t *rapid.T) {
	name, url, at := m.draw(t)
	if at < 0 {
		m.names = append(m.names, member{name: name, url: url})
		at = len(m.names) - 1
	}
	m.names[at].there = true
	got, err := m.w.tryRegister(m.ctx, m.id, name, url)
	if err != nil || pairs(got.GetConsumers()) != pairs(m.present()) {
		t.Fatalf("got %v, %v, want %v", got, err, m.present())
	}
}

func (m *crew) unregister(t *rapid.T) {
	name, url, at := m.draw(t)
	got, err := m.w.tryUnregister(m.ctx, m.id, name, url)
	if at < 0 || !m.names[at].there {
		if err == nil {
			t.Fatalf("%s=%s was removed, and was not there", name, url)
		}
		return
	}
	m.names[at].there = false
	if err != nil || pairs(got.GetConsumers()) != pairs(m.present()) {
		t.Fatalf("got %v, %v, want %v", got, err, m.present())
	}
}

func (m *crew) present() []member {
	return slices.DeleteFunc(slices.Clone(m.names), func(n member) bool { return !n.there })
}

func (m *crew) page(t *rapid.T) {
	offset, limit := rapid.IntRange(0, 20).Draw(t, "offset"), rapid.IntRange(0, 12).Draw(t, "limit")
	sorted := m.present()
	slices.SortStableFunc(sorted, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	got := m.w.page(m.ctx, m.id, int64(offset), int32(limit))
	first := min(offset, len(sorted))
	last := min(first+cmp.Or(limit, 10), len(sorted))
	if pairs(got.GetConsumers()) != pairs(sorted[first:last]) || got.GetTotal() != int64(len(sorted)) {
		t.Fatalf("%d from %d: got %v, want %v of %d", limit, offset, got, sorted[first:last], len(sorted))
	}
}

func (m *crew) compare(t *rapid.T) {
	if got := m.w.container(m.ctx, m.id); pairs(got.GetConsumers()) != pairs(m.present()) {
		t.Fatalf("got %v, want %v", got, m.present())
	}
}
