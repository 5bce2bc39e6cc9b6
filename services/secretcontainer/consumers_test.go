package secretcontainer_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

func (w *world) tryRegister(ctx context.Context, container, name, url string) (*secretcontainerv1.Container, error) {
	r, err := w.consumers.RegisterConsumer(ctx, &secretcontainerv1.RegisterConsumerRequest{ContainerId: container, Name: name, Url: url})
	return r.GetContainer(), err
}

func (w *world) register(ctx context.Context, container, name, url string) *secretcontainerv1.Container {
	w.t.Helper()
	c, err := w.tryRegister(ctx, container, name, url)
	expect(w.t, err, codes.OK)
	return c
}

func (w *world) tryUnregister(ctx context.Context, container, name, url string) (*secretcontainerv1.Container, error) {
	r, err := w.consumers.UnregisterConsumer(ctx, &secretcontainerv1.UnregisterConsumerRequest{ContainerId: container, Name: name, Url: url})
	return r.GetContainer(), err
}

func (w *world) unregister(ctx context.Context, container, name, url string) *secretcontainerv1.Container {
	w.t.Helper()
	c, err := w.tryUnregister(ctx, container, name, url)
	expect(w.t, err, codes.OK)
	return c
}

func (w *world) page(ctx context.Context, container string, offset int64, limit int32) *secretcontainerv1.ListConsumersResponse {
	w.t.Helper()
	r, err := w.consumers.ListConsumers(ctx, &secretcontainerv1.ListConsumersRequest{ContainerId: container, Offset: offset, Limit: limit})
	expect(w.t, err, codes.OK)
	return r
}

// pairs are consumers in one text.
func pairs[C interface {
	GetName() string
	GetUrl() string
}](all []C) (text string) {
	for _, c := range all {
		text += c.GetName() + "=" + c.GetUrl() + " "
	}
	return text
}

func want[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestConsumersOfTheReference goes through the examples of the API's reference.
func TestConsumersOfTheReference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newIdleWorld(t)
		ctx := w.user(acme, "carla", "creator")
		c := w.contain(ctx, ref("private_key", w.plant(acme, 0)))
		want(t, "none", w.page(ctx, c, 0, 0).GetTotal(), 0)
		for _, pair := range [][2]string{{"consumername", "consumerurl"}, {"consumername3", "consumerURL3"}, {"consumername2", "consumerURL2"}} {
			time.Sleep(time.Second)
			shown := w.register(ctx, c, pair[0], pair[1])
			want(t, "the date", shown.GetUpdated().AsTime(), time.Now().UTC())
			want(t, "secrets", len(shown.GetSecretRefs()), 1)
		}
		want(t, "as they came", pairs(w.container(ctx, c).GetConsumers()), "consumername=consumerurl consumername3=consumerURL3 consumername2=consumerURL2 ")
		all := w.page(ctx, c, 0, 0)
		want(t, "by name", pairs(all.GetConsumers()), "consumername=consumerurl consumername2=consumerURL2 consumername3=consumerURL3 ")
		want(t, "total", all.GetTotal(), 3)
		want(t, "the second", pairs(w.page(ctx, c, 1, 1).GetConsumers()), "consumername2=consumerURL2 ")
		want(t, "behind the last", pairs(w.page(ctx, c, 3, 100).GetConsumers()), "")
		want(t, "far behind", w.page(ctx, c, 1<<62, 100).GetTotal(), 3)
		first := all.GetConsumers()[0]
		want(t, "status", first.GetStatus(), "ACTIVE")
		got, err := w.consumers.GetConsumer(ctx, &secretcontainerv1.GetConsumerRequest{ContainerId: c, ConsumerId: first.GetConsumerId()})
		expect(t, err, codes.OK)
		if !proto.Equal(got.GetConsumer(), first) {
			t.Errorf("got %v, want %v", got.GetConsumer(), first)
		}
		time.Sleep(time.Second)
		shown := w.unregister(ctx, c, "consumername3", "consumerURL3")
		want(t, "what is left", pairs(shown.GetConsumers()), "consumername=consumerurl consumername2=consumerURL2 ")
		want(t, "the date after a removal", shown.GetUpdated().AsTime(), time.Now().Add(-time.Second).UTC())
	})
}

// What was removed is as if it had never been, but comes back with its first date and place.
func TestConsumersComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newIdleWorld(t)
		ctx := w.user(acme, "carla", "creator")
		c := w.contain(ctx)
		w.register(ctx, c, "a", "1")
		before := w.register(ctx, c, "b", "1")
		first := w.page(ctx, c, 0, 1).GetConsumers()[0]
		time.Sleep(time.Hour)
		ctx = w.user(acme, "carla", "creator")
		w.unregister(ctx, c, "a", "1")
		_, err := w.tryUnregister(ctx, c, "a", "1")
		wantReason(t, err, "CONSUMER_NOT_FOUND", "", "")
		for _, gone := range []string{first.GetConsumerId(), id.UUID(), "abc", ""} {
			_, err = w.consumers.GetConsumer(ctx, &secretcontainerv1.GetConsumerRequest{ContainerId: c, ConsumerId: gone})
			wantReason(t, err, "CONSUMER_NOT_FOUND", "", "")
		}
		want(t, "total", w.page(ctx, c, 0, 1).GetTotal(), 1)
		back := w.register(ctx, c, "a", "1")
		want(t, "as they came first", pairs(back.GetConsumers()), "a=1 b=1 ")
		want(t, "the container's date", back.GetUpdated().AsTime(), before.GetUpdated().AsTime())
		again := w.page(ctx, c, 0, 1).GetConsumers()[0]
		want(t, "its id", again.GetConsumerId(), first.GetConsumerId())
		want(t, "its first date", again.GetCreated().AsTime(), first.GetCreated().AsTime())
		want(t, "its date", again.GetUpdated().AsTime(), time.Now().UTC())

	})
}

func TestConsumersAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newIdleWorld(t)
		ctx := w.user(acme, "carla", "creator")
		c := w.contain(ctx)
		w.register(ctx, c, "a", "1")
		w.register(ctx, c, "b", "1")
		first := w.page(ctx, c, 0, 1).GetConsumers()[0]
		w.unregister(ctx, c, "a", "1")
		end, err := secretcontainer.EndRemoved(ctx, w.service, acme, c, first.GetConsumerId(), time.Now().Add(time.Second))
		expect(t, err, codes.OK)
		want(t, "its end", end.UTC(), time.Now().Add(30*24*time.Hour).UTC())
		time.Sleep(time.Second)
		want(t, "as they came", pairs(w.register(ctx, c, "a", "1").GetConsumers()), "b=1 a=1 ")
		again := w.page(ctx, c, 0, 1).GetConsumers()[0]
		want(t, "its new date", again.GetCreated().AsTime(), time.Now().UTC())
		want(t, "rows", w.keys("consumer"), 6) // of which 2 are found by their names, and 2 by their project
		want(t, "ends", w.keys("ttl"), 0)
	})
}

func TestRepeatedRegistrationsWriteNothing(t *testing.T) {
	w := newIdleWorld(t)
	store := w.count()
	ctx := w.user(acme, "carla", "creator")
	c := w.contain(ctx)
	first := w.register(ctx, c, "a", "1")
	reads, commits := store.during(func() {
		if again := w.register(ctx, c, "a", "1"); !proto.Equal(again, first) {
			t.Errorf("got %v, want %v", again, first)
		}
	})
	want(t, "commits", commits, 0)
	looks, _ := store.during(func() { w.container(ctx, c) })
	if reads > looks+4 {
		t.Errorf("a repeat reads %d values, looking at the container %d", reads, looks)
	}
}

func TestConsumersThatAreWrong(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	c := w.contain(ctx)
	for _, tt := range []struct{ name, url string }{
		{"", "u"}, {"n", ""}, {fmt.Sprintf("%037d", 0), "u"}, {"n", fmt.Sprintf("%0256d", 0)},
	} {
		_, err := w.tryRegister(ctx, c, tt.name, tt.url)
		expect(t, err, codes.InvalidArgument)
		_, err = w.tryUnregister(ctx, c, tt.name, tt.url)
		expect(t, err, codes.InvalidArgument)
	}
	for _, name := range []string{"ä☃" + fmt.Sprintf("%034d", 0), "'; --", "%"} {
		w.register(ctx, c, name, "u")
		w.unregister(ctx, c, name, "u")
	}
	_, err := w.tryUnregister(ctx, c, "never", "there")
	wantReason(t, err, "CONSUMER_NOT_FOUND", "", "")
}

// Users of another project whom the list names register their own, and remove no others.
func TestConsumersOfOtherProjects(t *testing.T) {
	w := newIdleWorld(t)
	owner, guest, host := w.user(acme, "carla", "creator"), w.user(rival, "bob", "creator"), w.user("acme", "otto", "observer")
	c := w.contain(owner)
	w.register(owner, c, "ours", "1")
	_, err := w.tryRegister(guest, c, "theirs", "1")
	expect(t, err, codes.PermissionDenied)
	w.share(acme, c, true, "bob")
	want(t, "all", pairs(w.register(guest, c, "theirs", "1").GetConsumers()), "ours=1 theirs=1 ")
	want(t, "listed", pairs(w.page(guest, c, 0, 0).GetConsumers()), "ours=1 theirs=1 ")
	_, err = w.tryUnregister(guest, c, "ours", "1")
	wantReason(t, err, "CONSUMER_OF_ANOTHER", "", "")
	w.register(guest, c, "ours", "1") // which stays the owner's
	_, err = w.tryUnregister(guest, c, "ours", "1")
	wantReason(t, err, "CONSUMER_OF_ANOTHER", "", "")
	w.unregister(guest, c, "theirs", "1")
	w.register(guest, c, "theirs", "1")
	want(t, "what the container's project leaves", pairs(w.unregister(host, c, "theirs", "1").GetConsumers()), "ours=1 ")
	w.unregister(owner, c, "ours", "1")
	w.register(guest, c, "ours", "1") // which is the guest's now
	w.share(acme, c, true)
	_, err = w.tryUnregister(guest, c, "ours", "1")
	wantReason(t, err, "PERMISSION_MISSING", "", "")
	w.share(acme, c, true, "bob")
	w.unregister(guest, c, "ours", "1")
}
