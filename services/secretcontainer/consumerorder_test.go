package secretcontainer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// crowd makes a container of n consumers c0000, c0001, ... that come in any order.
func (w *world) crowd(ctx context.Context, n int) string {
	w.t.Helper()
	c, names := w.contain(ctx), make([]string, n)
	for i := range n {
		names[i] = fmt.Sprintf("c%04d", i)
	}
	rand.Shuffle(n, func(i, j int) { names[i], names[j] = names[j], names[i] })
	if err := secretcontainer.PlantConsumers(ctx, w.service, acme, c, names); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// wantPages reads all pages of a crowd.
func (w *world) wantPages(t *testing.T, ctx context.Context, container string, n, size int) {
	t.Helper()
	for offset := 0; offset < n; offset += size {
		p := w.page(ctx, container, int64(offset), int32(size))
		want(t, "total", p.GetTotal(), int64(n))
		want(t, "rows", len(p.GetConsumers()), min(size, n-offset))
		for i, c := range p.GetConsumers() {
			want(t, "name", c.GetName(), fmt.Sprintf("c%04d", offset+i))
		}
	}
}

// While a container is unchanged, a page reads its own rows alone, wherever it lies.
func TestOrdersAreFoundOnce(t *testing.T) {
	const n = 300
	w := newIdleWorld(t)
	store := w.count()
	ctx := w.user(acme, "carla", "creator")
	c := w.crowd(ctx, n)
	firstPage, _ := store.during(func() { w.page(ctx, c, 0, 10) })
	if firstPage < n {
		t.Errorf("the first page reads %d values of %d consumers", firstPage, n)
	}
	for _, offset := range []int64{0, 100, n - 10} {
		if reads, _ := store.during(func() { w.page(ctx, c, offset, 10) }); reads > 15 {
			t.Errorf("the page at %d reads %d values", offset, reads)
		}
	}
	w.register(ctx, c, "b", "u")
	want(t, "the first after a change", w.page(ctx, c, 0, 1).GetConsumers()[0].GetName(), "b")
	w.unregister(ctx, c, "b", "u")
	w.wantPages(t, ctx, c, n, 70)
}

func TestManyWaitForOneOrder(t *testing.T) {
	const n = 200
	w := newIdleWorld(t)
	store := w.count()
	ctx := w.user(acme, "carla", "creator")
	c := w.crowd(ctx, n)
	reads, _ := store.during(func() {
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() { w.page(ctx, c, 0, 1) })
		}
		calls.Wait()
	})
	if reads > 2*n {
		t.Errorf("20 callers read %d values of %d consumers", reads, n)
	}
}

func TestOrdersWithinBounds(t *testing.T) {
	const n, overhead = 60, 16
	for _, tt := range []struct {
		name                  string
		kept, largest, window int
		again                 [3]bool // whether a container's order is found again when it was asked for before
	}{
		{"room for all", 3 * (n + overhead), n, n, [3]bool{false, false, false}},
		{"room for two, and the first was used", 2 * (n + overhead), n, n, [3]bool{false, true, true}},
		{"room for none", n, n, n, [3]bool{true, true, true}},
		{"each too large", 1000, n - 1, 7, [3]bool{true, true, true}},
		{"each too large, in one window", 1000, n - 1, n - 1, [3]bool{true, true, true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newIdleWorld(t)
			store := w.count()
			secretcontainer.BoundOrders(w.service, tt.kept, tt.largest, tt.window)
			ctx := w.user(acme, "carla", "creator")
			var all []string
			for range 3 {
				all = append(all, w.crowd(ctx, n))
			}
			for _, i := range []int{0, 1, 0, 2} {
				w.wantPages(t, ctx, all[i], n, 25)
			}
			for i, c := range all {
				reads, _ := store.during(func() { w.page(ctx, c, 30, 1) })
				want(t, fmt.Sprint(i, " was found again"), reads > n, tt.again[i])
			}
		})
	}
}

// Callers of a container that changes all the time get an order of theirs: never a name twice,
// and never one out of order.
func TestOrdersOfWhatChanges(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	c := w.crowd(ctx, 40)
	var calls sync.WaitGroup
	for i := range 4 {
		calls.Go(func() {
			for j := range 20 {
				name := fmt.Sprintf("c%04d-%d", j, i)
				w.register(ctx, c, name, "u")
				p := w.page(ctx, c, 0, 100).GetConsumers()
				there := false
				for k := range p {
					there = there || p[k].GetName() == name
					if k > 0 && p[k-1].GetName() >= p[k].GetName() {
						t.Errorf("%s stands before %s", p[k-1].GetName(), p[k].GetName())
					}
				}
				want(t, name+" is listed", there, true)
				w.unregister(ctx, c, name, "u")
			}
		})
	}
	calls.Wait()
	w.wantPages(t, ctx, c, 40, 100)
}

// A container of many consumers tells of few, so that no call's cost grows with them.
func TestCrowds(t *testing.T) {
	w := newIdleWorld(t)
	store := w.count()
	ctx := w.user(acme, "carla", "creator")
	c := w.crowd(ctx, 1000)
	want(t, "all of a thousand", len(w.register(ctx, c, "c0000", "u").GetConsumers()), 1000)
	reads, _ := store.during(func() {
		want(t, "the one registered", pairs(w.register(ctx, c, "a", "u").GetConsumers()), "a=u ")
		want(t, "the one there", pairs(w.register(ctx, c, "c0000", "u").GetConsumers()), "c0000=u ")
	})
	if reads > 20 {
		t.Errorf("registrations read %d values", reads)
	}
	w.register(ctx, c, "b", "u")
	want(t, "after a removal", pairs(w.unregister(ctx, c, "a", "u").GetConsumers()), "")
	want(t, "looking", len(w.container(ctx, c).GetConsumers()), 1000)
	r, err := w.containers.ListContainers(ctx, &secretcontainerv1.ListContainersRequest{})
	expect(t, err, codes.OK)
	want(t, "listing", len(r.GetContainers()[0].GetConsumers()), 100)
	want(t, "all of a thousand again", len(w.unregister(ctx, c, "b", "u").GetConsumers()), 1000)
}
