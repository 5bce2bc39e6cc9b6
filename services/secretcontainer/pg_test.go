package secretcontainer_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
)

// parallel is how many callers meet in these tests.
const parallel = 20

// onPostgres is a safe on a driver of many processes, where transactions really run at the same
// time and are told of each other by PostgreSQL.
func onPostgres(t *testing.T) *safe {
	t.Helper()
	inner, err := pgkv.Open(t.Context(), pgkv.Options{DSN: servers.Postgres(t), Schema: "secrets"})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldOn(t, inner)
	w.run(w.service.Run)
	return safeIn(w)
}

// all has callers make a call at once and returns how many succeed. Others must get the code.
func all(t *testing.T, refused codes.Code, call func(i int) error) (succeeded int64) {
	t.Helper()
	var n atomic.Int64
	var calls sync.WaitGroup
	for i := range parallel {
		calls.Go(func() {
			switch err := call(i); {
			case err == nil:
				n.Add(1)
			case fault.From(err).Code != refused:
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	calls.Wait()
	return n.Load()
}

func TestPostgresParallelRegistrations(t *testing.T) {
	s := onPostgres(t)
	c, secret := s.contain(s.alice), s.bare(s.alice)
	n := all(t, codes.OK, func(i int) error {
		_, own := s.tryRegister(s.alice, c, fmt.Sprintf("own %02d", i), "1")
		_, shared := s.tryRegister(s.alice, c, "shared", "1")
		_, used := s.use(s.alice, secret, "image", fmt.Sprint(i))
		return errors.Join(own, shared, used)
	})
	want(t, "registered", n, parallel)
	for offset := range int64(parallel) { // by name, and each of them once
		r := s.page(s.alice, c, offset, 1)
		if want := fmt.Sprintf("own %02d", offset); r.GetTotal() != parallel+1 || r.GetConsumers()[0].GetName() != want {
			t.Errorf("at %d of %d is %v, want %s", offset, r.GetTotal(), r.GetConsumers(), want)
		}
	}
	want(t, "uses", len(s.describe(s.alice, secret).GetConsumers()), parallel)
	n = all(t, codes.NotFound, func(i int) error {
		_, err := s.tryUnregister(s.alice, c, fmt.Sprintf("own %02d", i/2), "1")
		return err
	})
	want(t, "unregistered", n, parallel/2)
}

// What one process keeps in memory of a container's order is nothing to another.
func TestPostgresTwoProcesses(t *testing.T) {
	s := onPostgres(t)
	other := *s.world
	other.count()
	c := s.contain(s.alice)
	for i := range 10 {
		s.register(s.alice, c, fmt.Sprintf("%02d", 2*i), "1")
		want(t, "in the other process", other.page(s.alice, c, 0, 100).GetTotal(), int64(2*i+1))
		other.register(s.alice, c, fmt.Sprintf("%02d", 2*i+1), "1")
		last := s.page(s.alice, c, int64(2*i+1), 10).GetConsumers()
		if len(last) != 1 || last[0].GetName() != fmt.Sprintf("%02d", 2*i+1) {
			t.Errorf("the last of %d is %v", 2*i+2, last)
		}
	}
	_, err := other.containers.DeleteContainer(s.alice, &secretcontainerv1.DeleteContainerRequest{ContainerId: c})
	expect(t, err, codes.OK)
	_, err = s.consumers.ListConsumers(s.alice, &secretcontainerv1.ListConsumersRequest{ContainerId: c})
	expect(t, err, codes.NotFound)
}

func TestPostgresQuotaRaces(t *testing.T) {
	s := onPostgres(t)
	c, few := s.contain(s.bob), int32(5)
	expect(t, s.setQuotas(rival, &secretcontainerv1.Quotas{Secrets: &few, Orders: &few, Containers: &few, Consumers: &few}), codes.OK)
	for _, made := range []struct {
		name string
		room int64
		call func(i int) error
	}{
		{"secrets", 5, func(int) error {
			_, err := s.secrets.CreateSecret(s.bob, &secretcontainerv1.CreateSecretRequest{Payload: []byte("x"), PayloadContentType: "text/plain"})
			return err
		}},
		{"containers", 4, func(int) error {
			_, err := s.containers.CreateContainer(s.bob, &secretcontainerv1.CreateContainerRequest{Type: "generic"})
			return err
		}},
		{"consumers", 5, func(i int) error {
			_, err := s.tryRegister(s.bob, c, fmt.Sprint(i), "1")
			return err
		}},
		{"orders", 5, func(int) error {
			_, err := s.orders.CreateOrder(s.bob, keyOrder("aes", 256, ""))
			return err
		}},
	} {
		t.Run(made.name, func(t *testing.T) { want(t, "made", all(t, codes.PermissionDenied, made.call), made.room) })
	}
}

func TestPostgresPayloadsOfOneSecret(t *testing.T) {
	s := onPostgres(t)
	secret := s.bare(s.alice)
	var kept atomic.Value
	n := all(t, codes.AlreadyExists, func(i int) error {
		text := fmt.Sprint("payload ", i)
		_, err := s.secrets.StorePayload(s.alice, &secretcontainerv1.StorePayloadRequest{SecretId: secret, Payload: []byte(text), ContentType: "text/plain"})
		if err == nil {
			kept.Store(text)
		}
		return err
	})
	want(t, "stored", n, 1)
	text, err := s.open(s.carol, secret, "")
	expect(t, err, codes.OK)
	want[any](t, "payload", text, kept.Load())
}

// Whatever comes first, nothing is left of a secret that goes while it is put into containers,
// nor of a container that goes while it is used.
func TestPostgresDeletionsMeetChanges(t *testing.T) {
	s := onPostgres(t)
	for range 5 {
		secret, c := s.keep(s.alice, "name", "text"), s.contain(s.alice)
		all(t, codes.NotFound, func(i int) error {
			switch i {
			case 7:
				_, err := s.secrets.DeleteSecret(s.alice, &secretcontainerv1.DeleteSecretRequest{SecretId: secret})
				return err
			case 13:
				_, err := s.containers.DeleteContainer(s.alice, &secretcontainerv1.DeleteContainerRequest{ContainerId: c})
				return err
			}
			_, register := s.tryRegister(s.alice, c, fmt.Sprint(i), "1")
			_, use := s.use(s.alice, secret, "image", fmt.Sprint(i))
			return firstOf(s.add(s.alice, c, fmt.Sprint(i), secret), register, use)
		})
	}
	r, err := s.secrets.ListSecrets(s.alice, &secretcontainerv1.ListSecretsRequest{})
	expect(t, err, codes.OK)
	want(t, "secrets", r.GetTotal(), 0)
}

// firstOf is the first error that there is.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestPostgresLists(t *testing.T) {
	s := onPostgres(t)
	all(t, codes.OK, func(i int) error {
		name := fmt.Sprintf("Name_%02d", parallel-i)
		_, err := s.secrets.CreateSecret(s.alice, &secretcontainerv1.CreateSecretRequest{Name: &name})
		return err
	})
	byName := []*secretcontainerv1.SortKey{{Key: "name", Descending: true}}
	for _, c := range []struct {
		name  string
		r     *secretcontainerv1.ListSecretsRequest
		total int64
		first string
	}{
		{"the last page by name", &secretcontainerv1.ListSecretsRequest{Sort: byName, Offset: 15, Limit: 10}, parallel, "Name_05"},
		{"a pattern", &secretcontainerv1.ListSecretsRequest{Sort: byName, Name: "name\\_1%"}, 0, ""},
		{"a pattern of any case", &secretcontainerv1.ListSecretsRequest{Sort: byName, Name: "name_1%"}, 10, "Name_19"},
	} {
		r, err := s.secrets.ListSecrets(s.alice, c.r)
		expect(t, err, codes.OK)
		got := ""
		if len(r.GetSecrets()) > 0 {
			got = r.GetSecrets()[0].GetName()
		}
		if r.GetTotal() != c.total || got != c.first {
			t.Errorf("%s: %q of %d, want %q of %d", c.name, got, r.GetTotal(), c.first, c.total)
		}
	}
}
