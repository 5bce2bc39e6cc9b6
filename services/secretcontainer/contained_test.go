package secretcontainer_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

func (w *world) add(ctx context.Context, container, name, secret string) error {
	_, err := w.containers.AddContainerSecret(ctx, &secretcontainerv1.AddContainerSecretRequest{ContainerId: container, Name: &name, SecretId: secret})
	return err
}

func (w *world) remove(ctx context.Context, container, name, secret string) error {
	_, err := w.containers.RemoveContainerSecret(ctx, &secretcontainerv1.RemoveContainerSecretRequest{ContainerId: container, Name: &name, SecretId: secret})
	return err
}

// wantNames checks under which names secrets are in a container, in their order.
func (w *world) wantNames(t *testing.T, ctx context.Context, container string, want ...string) {
	t.Helper()
	var got []string
	for _, r := range w.container(ctx, container).GetSecretRefs() {
		got = append(got, r.GetName())
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSecretsComeAndGo(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	one, two := w.plant(acme, 0), w.plant(acme, 0)
	c := w.contain(ctx, ref("one", one))
	before := w.container(ctx, c)
	for _, step := range []struct {
		name   string
		do     func() error
		reason string
	}{
		{"add another", func() error { return w.add(ctx, c, "two", two) }, ""},
		{"add it again", func() error { return w.add(ctx, c, "two", two) }, "CONTAINED_SECRET_EXISTS"},
		{"add it under another name", func() error { return w.add(ctx, c, "two-b", two) }, ""},
		{"add one that isn't there", func() error { return w.add(ctx, c, "z", id.UUID()) }, "CONTAINED_SECRET_UNKNOWN"},
		{"add no id", func() error { return w.add(ctx, c, "z", "abc") }, "CONTAINED_SECRET_UNKNOWN"},
		{"add one of another project", func() error { return w.add(ctx, c, "z", w.plant(rival, 0)) }, "CONTAINED_SECRET_UNKNOWN"},
		{"remove it", func() error { return w.remove(ctx, c, "two", two) }, ""},
		{"remove it again", func() error { return w.remove(ctx, c, "two", two) }, "CONTAINED_SECRET_ABSENT"},
		{"remove one that isn't there", func() error { return w.remove(ctx, c, "two", id.UUID()) }, "CONTAINED_SECRET_UNKNOWN"},
		{"remove the first", func() error { return w.remove(ctx, c, "one", one) }, ""},
		{"add what was removed", func() error { return w.add(ctx, c, "one", one) }, ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			err := step.do()
			if step.reason == "" {
				expect(t, err, codes.OK)
				return
			}
			wantReason(t, err, step.reason, "", "")
		})
	}
	w.wantNames(t, ctx, c, "two-b", "one")
	if got := w.container(ctx, c).GetUpdated(); !got.AsTime().Equal(before.GetUpdated().AsTime()) {
		t.Errorf("the container's date moved to %v", got.AsTime())
	}
}

func TestOnlyGenericContainersChange(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	s := w.plant(acme, 0)
	for _, kind := range []string{"rsa", "certificate"} {
		r, err := w.containers.CreateContainer(ctx, &secretcontainerv1.CreateContainerRequest{Type: kind})
		expect(t, err, codes.OK)
		wantReason(t, w.add(ctx, r.GetContainerId(), "public_key", s), "CONTAINER_NOT_GENERIC", "", "")
		wantReason(t, w.remove(ctx, r.GetContainerId(), "public_key", s), "CONTAINER_NOT_GENERIC", "", "")
	}
}

func TestContainersGetFull(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	var refs []*secretcontainerv1.ContainerSecret
	for i := range 1000 {
		refs = append(refs, ref(fmt.Sprint(i), w.plant(acme, 0)))
	}
	c := w.contain(ctx, refs...)
	s := w.plant(acme, 0)
	wantReason(t, w.add(ctx, c, "more", s), "CONTAINER_FULL", "", "")
	expect(t, w.remove(ctx, c, "7", refs[7].GetSecretId()), codes.OK)
	expect(t, w.add(ctx, c, "more", s), codes.OK)
	if n := len(w.container(ctx, c).GetSecretRefs()); n != 1000 {
		t.Errorf("%d secrets", n)
	}
}

// A secret that ends leaves the containers it is in, and makes room there.
func TestSecretsEndInContainers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx := w.user(acme, "carla", "creator")
		ends, stays := w.plant(acme, time.Minute), w.plant(acme, 0)
		c := w.contain(ctx, ref("ends", ends), ref("stays", stays))
		expect(t, w.add(ctx, c, "again", ends), codes.OK)
		w.wantNames(t, ctx, c, "ends", "stays", "again")
		before := w.keys("contained")
		time.Sleep(time.Minute)
		w.wantNames(t, ctx, c, "stays")
		wantReason(t, w.remove(ctx, c, "ends", ends), "CONTAINED_SECRET_UNKNOWN", "", "")
		time.Sleep(2 * time.Second) // for the sweeper
		if after := w.keys("contained"); after >= before || after == 0 {
			t.Errorf("%d of %d keys are left", after, before)
		}
	})
}
