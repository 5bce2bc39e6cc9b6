package useradmin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/kv"
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

// busyStore has something happen when a View has read users, once.
type busyStore struct {
	kv.Store
	meanwhile func()
}

func (s *busyStore) View(ctx context.Context, fn func(kv.Reader) error) error {
	r := &watchedReader{}
	err := s.Store.View(ctx, func(tx kv.Reader) error {
		r.Reader = tx
		return fn(r)
	})
	if r.users {
		s.meanwhile()
	}
	return err
}

type watchedReader struct {
	kv.Reader
	users bool
}

func (r *watchedReader) Scan(x kv.Range) iter.Seq2[kv.Entry, error] {
	r.users = r.users || bytes.Contains(x.Start, []byte("user"))
	return r.Reader.Scan(x)
}

// A run reads users before the transaction that provides for them.
func TestUsersWhoComeAndGoDuringARun(t *testing.T) {
	inS3(t, "get what is due", func(t *testing.T, w *s3World) {
		w.add(&useradminv1.AddUserRequest{Id: "bob"})
		synctest.Wait()
		w.rest()
		synctest.Wait()
		w.register(acme, "us")
		change := sync.OnceFunc(func() {
			expect(t, w.delete("bob"), codes.OK)
			w.add(&useradminv1.AddUserRequest{Id: "eve"})
		})
		w.process(func(d *useradmin.Deps) {
			w.change(d)
			d.Store = &busyStore{Store: d.Store, meanwhile: change}
		})
		pass(time.Minute)
		w.expectEach([]string{"ann", "eve"}, "eu", "us")
		if n := len(w.s3.secrets); n != 4 {
			t.Errorf("%d principals, want 2 of ann's and 2 of eve's", n)
		}
	})
}
