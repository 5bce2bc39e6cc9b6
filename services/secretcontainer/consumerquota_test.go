package secretcontainer_test

import (
	"fmt"
	"sync"
	"testing"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

func (w *world) quota(project string, containers, consumers int32) {
	w.t.Helper()
	err := secretcontainer.PlantQuota(w.t.Context(), w.service, &storev1.ProjectQuota{Project: project, Containers: &containers, Consumers: &consumers})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestQuotas(t *testing.T) {
	w := newIdleWorld(t)
	owner, guest := w.user(acme, "carla", "creator"), w.user(rival, "bob", "creator")
	w.quota(acme, 2, 2)
	a, b := w.contain(owner), w.contain(owner)
	_, err := w.containers.CreateContainer(owner, &secretcontainerv1.CreateContainerRequest{Type: "generic"})
	wantReason(t, err, "PROJECT_QUOTA_REACHED", "resource", "Container")
	w.register(owner, a, "x", "1")
	w.register(owner, a, "x", "1")
	w.register(owner, b, "x", "1")
	for _, name := range []string{"x", "y"} { // there or not
		_, err = w.tryRegister(owner, a, name, "1")
		wantReason(t, err, "PROJECT_QUOTA_REACHED", "resource", "Consumer")
	}
	w.share(acme, a, true, "bob")
	w.register(guest, a, "theirs", "1") // counts for the other project
	w.unregister(owner, b, "x", "1")
	w.register(owner, a, "y", "1")
	w.quota(acme, 0, 0)
	_, err = w.tryRegister(owner, a, "z", "1")
	wantReason(t, err, "PROJECT_QUOTA_REACHED", "resource", "Consumer")
	_, err = w.containers.CreateContainer(owner, &secretcontainerv1.CreateContainerRequest{Type: "generic"})
	wantReason(t, err, "PROJECT_QUOTA_REACHED", "resource", "Container")
	w.quota(acme, -1, -1)
	w.register(owner, a, "z", "1")
	w.contain(owner)
}

func TestParallelRegistrations(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	c := w.contain(ctx)
	var calls sync.WaitGroup
	for i := range 20 {
		calls.Go(func() {
			w.register(ctx, c, fmt.Sprint("own ", i), "1")
			w.register(ctx, c, "shared", "1")
			w.page(ctx, c, 0, 100)
		})
	}
	calls.Wait()
	want(t, "total", w.page(ctx, c, 0, 1).GetTotal(), 21)
	want(t, "as many as told", len(w.page(ctx, c, 0, 100).GetConsumers()), 21)
	want(t, "in the container", len(w.container(ctx, c).GetConsumers()), 21)
}
