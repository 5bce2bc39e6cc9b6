package secretcontainer_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

func (w *world) use(ctx context.Context, secret, service, resource string) (*secretcontainerv1.Secret, error) {
	r, err := w.secretConsumers.RegisterSecretConsumer(ctx, &secretcontainerv1.RegisterSecretConsumerRequest{
		SecretId: secret, Service: service, ResourceType: "type", ResourceId: resource,
	})
	return r.GetSecret(), err
}

func (w *world) unuse(ctx context.Context, secret, service, resource string) (*secretcontainerv1.Secret, error) {
	r, err := w.secretConsumers.UnregisterSecretConsumer(ctx, &secretcontainerv1.UnregisterSecretConsumerRequest{
		SecretId: secret, Service: service, ResourceType: "type", ResourceId: resource,
	})
	return r.GetSecret(), err
}

func (w *world) uses(ctx context.Context, secret string, offset int64, limit int32) (*secretcontainerv1.ListSecretConsumersResponse, error) {
	return w.secretConsumers.ListSecretConsumers(ctx, &secretcontainerv1.ListSecretConsumersRequest{SecretId: secret, Offset: offset, Limit: limit})
}

// users are the consumers of a secret in one text.
func users(all []*secretcontainerv1.SecretConsumer) (text string) {
	for _, c := range all {
		text += c.GetService() + "/" + c.GetResourceId() + " "
	}
	return text
}

func TestSecretsAreUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newIdleWorld(t)
		store := w.count()
		ctx := w.user(acme, "carla", "creator")
		s := w.plant(acme, 0)
		for _, service := range []string{"image", "volume", "compute"} {
			time.Sleep(time.Second)
			shown, err := w.use(ctx, s, service, "1")
			expect(t, err, codes.OK)
			want(t, "the secret's date", shown.GetUpdated().AsTime(), time.Now().UTC())
		}
		time.Sleep(time.Second)
		var again *secretcontainerv1.Secret
		_, commits := store.during(func() { again, _ = w.use(ctx, s, "image", "1") })
		want(t, "commits of a repeat", commits, 0)
		want(t, "as they came", users(again.GetConsumers()), "image/1 volume/1 compute/1 ")
		page, err := w.uses(ctx, s, 1, 1)
		expect(t, err, codes.OK)
		want(t, "the second", users(page.GetConsumers()), "volume/1 ")
		want(t, "total", page.GetTotal(), 3)
		second := page.GetConsumers()[0]
		want(t, "since", second.GetCreated().AsTime(), time.Now().Add(-2*time.Second).UTC())
		if !proto.Equal(second, again.GetConsumers()[1]) || second.GetStatus() != "ACTIVE" || second.GetResourceType() != "type" {
			t.Errorf("got %v", second)
		}
		page, err = w.uses(ctx, s, 1<<62, 1)
		expect(t, err, codes.OK)
		want(t, "behind the last", users(page.GetConsumers()), "")
		left, err := w.unuse(ctx, s, "volume", "1")
		expect(t, err, codes.OK)
		want(t, "left", users(left.GetConsumers()), "image/1 compute/1 ")
		want(t, "the secret's date after a removal", left.GetUpdated().AsTime(), again.GetUpdated().AsTime())
		_, err = w.unuse(ctx, s, "volume", "1")
		wantReason(t, err, "SECRET_CONSUMER_NOT_FOUND", "", "")
	})
}

func TestSecretConsumersThatAreWrong(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	for secret, reason := range map[string]string{"abc": "SECRET_ID_INVALID", id.UUID(): "SECRET_NOT_FOUND"} {
		_, err := w.use(ctx, secret, "image", "1")
		wantReason(t, err, reason, "", "")
		_, err = w.unuse(ctx, secret, "image", "1")
		wantReason(t, err, reason, "", "")
		_, err = w.uses(ctx, secret, 0, 0)
		wantReason(t, err, reason, "", "")
	}
	s := w.plant(acme, 0)
	for _, tt := range []struct{ service, resource string }{
		{"", "1"}, {"image", ""}, {fmt.Sprintf("%0256d", 0), "1"}, {"image", fmt.Sprintf("%01025d", 0)},
	} {
		_, err := w.use(ctx, s, tt.service, tt.resource)
		expect(t, err, codes.InvalidArgument)
	}
}

// What uses a secret goes with it.
func TestSecretConsumersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx := w.user(acme, "carla", "creator")
		s := w.plant(acme, time.Minute)
		shown, err := w.use(ctx, s, "image", "1")
		expect(t, err, codes.OK)
		want(t, "its end", shown.GetExpiration().AsTime(), time.Now().Add(time.Minute).UTC())
		time.Sleep(time.Minute)
		_, err = w.uses(ctx, s, 0, 0)
		wantReason(t, err, "SECRET_NOT_FOUND", "", "")
		time.Sleep(2 * time.Second) // for the sweeper
		want(t, "keys left", w.keys("secret", "secretconsumer", "ttl"), 0)
	})
}

func TestParallelUses(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	s := w.plant(acme, 0)
	var calls sync.WaitGroup
	for i := range 20 {
		calls.Go(func() {
			_, err := w.use(ctx, s, "image", fmt.Sprint(i))
			expect(t, err, codes.OK)
			_, err = w.use(ctx, s, "image", "shared")
			expect(t, err, codes.OK)
		})
	}
	calls.Wait()
	page, err := w.uses(ctx, s, 0, 100)
	expect(t, err, codes.OK)
	want(t, "total", page.GetTotal(), 21)
	want(t, "listed", len(page.GetConsumers()), 21)
}
