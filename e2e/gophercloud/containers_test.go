package gophercloud_test

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/containers"
	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/orders"
	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/secrets"
)

func TestContainer(t *testing.T) {
	ctx, client := t.Context(), keyManager(t)
	one, _ := store(t, client, "one", "1")
	two, _ := store(t, client, "two", "2")
	first, second := containers.SecretRef{Name: "first", SecretRef: one}, containers.SecretRef{Name: "second", SecretRef: two}
	made, err := containers.Create(ctx, client, containers.CreateOpts{
		Type: containers.GenericContainer, Name: "box", SecretRefs: []containers.SecretRef{first},
	}).Extract()
	if err != nil {
		t.Fatal(err)
	}
	id := path.Base(made.ContainerRef)
	if _, err := containers.CreateSecretRef(ctx, client, id, second).Extract(); err != nil {
		t.Fatal(err)
	}
	_, err = containers.CreateSecretRef(ctx, client, id, second).Extract()
	refused(t, err, http.StatusConflict)
	if err := containers.DeleteSecretRef(ctx, client, id, first).ExtractErr(); err != nil {
		t.Fatal(err)
	}
	refused(t, containers.DeleteSecretRef(ctx, client, id, first).Err, http.StatusNotFound)
	got, err := containers.Get(ctx, client, id).Extract()
	if err != nil || !slices.Equal(got.SecretRefs, []containers.SecretRef{second}) || got.ContainerRef != made.ContainerRef {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = containers.Create(ctx, client, containers.CreateOpts{Type: containers.RSAContainer, SecretRefs: []containers.SecretRef{first}}).Extract()
	refused(t, err, http.StatusBadRequest)
	if err := containers.Delete(ctx, client, id).ExtractErr(); err != nil {
		t.Fatal(err)
	}
	_, err = containers.Get(ctx, client, id).Extract()
	refused(t, err, http.StatusNotFound)
}

func TestConsumers(t *testing.T) {
	ctx, client := t.Context(), keyManager(t)
	made, err := containers.Create(ctx, client, containers.CreateOpts{Type: containers.GenericContainer, Name: "consumed"}).Extract()
	if err != nil {
		t.Fatal(err)
	}
	id := path.Base(made.ContainerRef)
	const many = 12 // more than a page
	for i := range many {
		consumer := containers.CreateConsumerOpts{Name: fmt.Sprintf("consumer %02d", many-1-i), URL: "https://example.com"}
		got, err := containers.CreateConsumer(ctx, client, id, consumer).Extract()
		if err != nil || len(got.Consumers) != i+1 || got.Consumers[i].URL != consumer.URL {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	all, err := containers.ListConsumers(client, id, nil).AllPages(ctx)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := containers.ExtractConsumers(all)
	if err != nil || len(listed) != many || listed[0].Name != "consumer 00" || listed[many-1].Name != "consumer 11" || listed[0].Status != "ACTIVE" {
		t.Errorf("listed %+v, %v", listed, err)
	}
	gone := containers.DeleteConsumerOpts{Name: "consumer 00", URL: "https://example.com"}
	if got, err := containers.DeleteConsumer(ctx, client, id, gone).Extract(); err != nil || len(got.Consumers) != many-1 {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = containers.DeleteConsumer(ctx, client, id, gone).Extract()
	refused(t, err, http.StatusNotFound)
	_, err = containers.CreateConsumer(ctx, foreign(t), id, containers.CreateConsumerOpts{Name: "theirs", URL: "x"}).Extract()
	refused(t, err, http.StatusForbidden)
}

func TestOrders(t *testing.T) {
	ctx, client := t.Context(), keyManager(t)
	order := func(kind orders.OrderType, meta orders.MetaOpts) *orders.Order {
		t.Helper()
		made, err := orders.Create(ctx, client, orders.CreateOpts{Type: kind, Meta: meta}).Extract()
		if err != nil {
			t.Fatal(err)
		}
		for tick := time.Tick(50 * time.Millisecond); ; <-tick {
			got, err := orders.Get(ctx, client, path.Base(made.OrderRef)).Extract()
			if err != nil {
				t.Fatal(err)
			}
			if got.Status != "PENDING" {
				return got
			}
		}
	}
	key := order(orders.KeyOrder, orders.MetaOpts{Name: "key", Algorithm: "aes", BitLength: 256, Mode: "cbc"})
	payload, err := secrets.GetPayload(ctx, client, path.Base(key.SecretRef), secrets.GetPayloadOpts{PayloadContentType: "application/octet-stream"}).Extract()
	if err != nil || len(payload) != 32 || key.Status != "ACTIVE" || key.Meta.Name != "key" {
		t.Errorf("the order %+v made %d bytes, %v", key, len(payload), err)
	}
	pair := order(orders.AsymmetricOrder, orders.MetaOpts{Name: "pair", Algorithm: "rsa", BitLength: 1024})
	held, err := containers.Get(ctx, client, path.Base(pair.ContainerRef)).Extract()
	if err != nil || held.Type != "rsa" || len(held.SecretRefs) != 2 {
		t.Errorf("the order %+v made %+v, %v", pair, held, err)
	}
	if odd := order(orders.KeyOrder, orders.MetaOpts{Algorithm: "aes", BitLength: 136}); odd.Status != "ERROR" || odd.ErrorReason == "" {
		t.Errorf("an odd order is %+v", odd)
	}
	refused(t, orders.Delete(ctx, client, path.Base(key.OrderRef)).Err, http.StatusForbidden)
}
