package useradmin_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/services/useradmin"
)

// expectEach checks that users of acme's have one working credential for each storage.
func (w *s3World) expectEach(users []string, storages ...string) {
	w.t.Helper()
	ids := map[int32]bool{}
	for _, user := range users {
		all := w.of(acme, user)
		at := map[string]bool{}
		for _, m := range all {
			w.expectWorks(m)
			at[m.GetObjectStorageId()] = true
			if id := m.GetCredentialId(); id < 1 || id >= 1<<24 || ids[id] {
				w.t.Errorf("%s has the id %d, which is another's or none", user, id)
			}
			ids[m.GetCredentialId()] = true
		}
		if len(all) != len(storages) || len(at) != len(storages) {
			w.t.Errorf("%s has credentials for %v, want one for each of %v", user, at, storages)
		}
	}
}

func TestCredentialsComeByThemselves(t *testing.T) {
	inS3(t, "with a user, and with a storage", func(t *testing.T, w *s3World) {
		w.add(&useradminv1.AddUserRequest{Id: "bob"})
		synctest.Wait()
		w.expectEach([]string{"ann", "bob"}, "eu")
		w.register(acme, "us")
		w.register(rival, "elsewhere")
		synctest.Wait()
		w.expectEach([]string{"ann", "bob"}, "eu", "us")
	})
	inS3(t, "when both come at once", func(t *testing.T, w *s3World) {
		var calls sync.WaitGroup
		users, storages := []string{"ann"}, []string{"eu"}
		for i := range 10 {
			users, storages = append(users, fmt.Sprint("u", i)), append(storages, fmt.Sprint("s", i))
			calls.Go(func() { w.add(&useradminv1.AddUserRequest{Id: fmt.Sprint("u", i)}) })
			calls.Go(func() { w.register(acme, fmt.Sprint("s", i)) })
		}
		calls.Wait()
		synctest.Wait()
		w.expectEach(users, storages...)
	})
	inS3(t, "but not with a storage that is refused", func(t *testing.T, w *s3World) {
		_, err := w.operator.AddObjectStorage(t.Context(), &useradminv1.AddObjectStorageRequest{
			Tenant: acme, Id: "eu", Region: "EU", S3Url: "https://s3.example.com", Driver: "record",
		})
		expect(t, err, codes.AlreadyExists)
		synctest.Wait()
		w.expectEach([]string{"ann"}, "eu")
	})
}

// many adds users to ann.
func (w *s3World) many(more int) []string {
	w.t.Helper()
	users := []string{"ann"}
	for i := range more {
		users = append(users, w.add(&useradminv1.AddUserRequest{Id: fmt.Sprintf("u%03d", i)}).GetId())
	}
	synctest.Wait()
	return users
}

func TestStorageForManyUsers(t *testing.T) {
	inS3(t, "in a process that comes later", func(t *testing.T, w *s3World) {
		users := w.many(250)
		before := w.s3.called()
		w.rest()
		synctest.Wait()
		w.register(acme, "us")
		if len(w.of(acme, "ann")) != 1 {
			t.Fatal("something went on in the background")
		}
		w.process(w.change)
		pass(2 * time.Second)
		w.expectEach(users, "eu", "us")
		if calls := w.s3.called() - before; calls != len(users) {
			t.Errorf("%d calls for %d users", calls, len(users))
		}
	})
	inS3(t, "on a store that fails half the time", func(t *testing.T, w *s3World) {
		users := w.many(120)
		w.rest()
		synctest.Wait()
		w.register(acme, "us")
		w.process(func(d *useradmin.Deps) {
			w.change(d)
			d.Store = poorStore{d.Store}
		})
		pass(30 * time.Minute)
		w.expectEach(users, "eu", "us")
	})
}

// poorStore fails half of its transactions, some before they are done and some afterwards.
type poorStore struct{ kv.Store }

func (s poorStore) Update(ctx context.Context, fn func(kv.Writer) error) error {
	switch rand.IntN(4) {
	case 0:
		return kv.ErrBusy
	case 1:
		return errors.Join(s.Store.Update(ctx, fn), kv.ErrUnknown)
	}
	return s.Store.Update(ctx, fn)
}

// A user is lost neither in a process that ends behind the commit.
func TestUserWhoseProcessIsLost(t *testing.T) {
	inS3(t, "between commit and call", func(t *testing.T, w *s3World) {
		w.rest()
		synctest.Wait()
		w.add(&useradminv1.AddUserRequest{Id: "bob"})
		if m := w.only("bob"); w.s3.secret(m) != "" {
			t.Fatal("something went on in the background")
		}
		w.process(w.change)
		pass(2 * time.Second)
		w.expectEach([]string{"ann", "bob"}, "eu")
	})
}

// slowStore is a store whose first transaction waits before it commits.
type slowStore struct {
	kv.Store
	wait func()
}

func (s *slowStore) Update(ctx context.Context, fn func(kv.Writer) error) error {
	return s.Store.Update(ctx, func(tx kv.Writer) error {
		err := fn(tx)
		if s.wait != nil {
			s.wait()
			s.wait = nil
		}
		return err
	})
}

// On PostgreSQL a run could be over before a user is there who came when the storage was not.
func TestUserAndStorageAtOnceOnPostgreSQL(t *testing.T) {
	var deps useradmin.Deps
	store := openPostgres(t)
	w := newS3World(t, func(d *useradmin.Deps) {
		d.Store, d.Blind = store, store.Indexer()
		deps = *d
	})
	crowd(t, store)
	asked, answer := make(chan struct{}), make(chan struct{})
	deps.Store = &slowStore{Store: store, wait: func() {
		close(asked)
		<-answer
	}}
	slow := rpc.NewLocal(auth.AsOperator)
	useradmin.New(deps).RegisterInternal(slow)
	added := make(chan error, 1)
	go func() {
		_, err := useradminv1.NewOperatorServiceClient(slow).AddUser(t.Context(), &useradminv1.AddUserRequest{
			Tenant: acme, Id: "bob", Email: "bob@example.com", Locale: "en",
		})
		added <- err
	}()
	<-asked
	w.register(acme, "eu")
	for len(w.of(acme, "ann")) == 0 { // until the run has gone by bob
	}
	close(answer)
	if err := <-added; err != nil {
		t.Fatal(err)
	}
	if got := w.of(acme, "bob"); len(got) != 1 {
		t.Errorf("bob has %d credentials, want 1", len(got))
	}
}

// crowd adds users to acme by hand. Where there are few rows, PostgreSQL takes transactions
// for conflicting that touch neighbours only.
func crowd(t *testing.T, store *sealedkv.Store) {
	t.Helper()
	users := table.New(table.Spec[*storev1.User]{
		Name: "user", ID: func(m *storev1.User) []any { return []any{m.GetId()} },
	}, store.Indexer())
	err := store.Update(t.Context(), func(tx kv.Writer) error {
		for i := range 2000 {
			u := &storev1.User{Id: fmt.Sprintf("crowd%04d", i), Tenant: acme}
			if err := users.Insert(tx, table.Of(acme), u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func openPostgres(t *testing.T) *sealedkv.Store {
	t.Helper()
	plain, err := pgkv.Open(t.Context(), pgkv.Options{DSN: servers.StartPostgres(t).Addr, Schema: "s3"})
	if err != nil {
		t.Fatal(err)
	}
	master, err := seal.CreateMasterFile(filepath.Join(t.TempDir(), "master"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sealedkv.Open(t.Context(), plain, sealedkv.Options{Service: useradmin.Name, Master: master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}
