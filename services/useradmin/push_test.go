package useradmin_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/objectstorage"
)

func TestRegenerateCredential(t *testing.T) {
	inS3(t, "has only the new secret work", func(t *testing.T, w *s3World) {
		old := w.only("ann")
		fresh, err := w.rotate(w.ann(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		w.expectWorks(fresh) // before anything in the background
		if fresh.GetAccessKey() != old.GetAccessKey() || fresh.GetCredentialId() != old.GetCredentialId() || fresh.GetSecretKey() == old.GetSecretKey() {
			t.Errorf("got %v after %v", fresh, old)
		}
		w.expectWorks(w.only("ann"))
		before := w.s3.called()
		pass(time.Hour)
		w.expectWorks(fresh)
		if calls := w.s3.called() - before; calls != 1 {
			t.Errorf("%d further calls, want the last one only", calls)
		}
	})
	inS3(t, "waits for no other storage", func(t *testing.T, w *s3World) {
		w.s3.hangs("us")
		w.register(acme, "us")
		begun := time.Now()
		for _, m := range w.of(acme, "ann") {
			_, err := w.keys.RegenerateCredential(w.ann(), &useradminv1.RegenerateCredentialRequest{
				UserId: "ann", ObjectStorageId: m.GetObjectStorageId(), CredentialId: int64(m.GetCredentialId()),
			})
			if m.GetObjectStorageId() == "eu" {
				expect(t, err, codes.OK)
			} else {
				expect(t, err, codes.Unavailable)
			}
		}
		if took := time.Since(begun); took > 8*time.Second {
			t.Errorf("took %v, which is too long for callers", took)
		}
	})
}

func TestStorageThatIsDown(t *testing.T) {
	inS3(t, "has rotations wait", func(t *testing.T, w *s3World) {
		old := w.only("ann")
		w.s3.fails("eu", errDown)
		_, err := w.rotate(w.ann(), "ann")
		expect(t, err, codes.Unavailable)
		_, err = w.rotate(w.ann(), "ann")
		expect(t, err, codes.Unavailable)
		w.expectWorks(old)
		pass(10 * time.Minute)
		if n := strings.Count(w.log.String(), "object storage eu"); n < 2 || n > 35 {
			t.Errorf("%d lines in the log for ten minutes:\n%s", n, w.log)
		}
		w.s3.meets(nil)
		again, err := w.rotate(w.ann(), "ann")
		if err != nil {
			t.Fatalf("now that it is back: %v", err)
		}
		w.expectWorks(again)
		pass(time.Hour)
		w.expectWorks(again)
	})
	inS3(t, "gets what it missed", func(t *testing.T, w *s3World) {
		m := w.only("ann")
		w.add(&useradminv1.AddUserRequest{Id: "bob"})
		synctest.Wait()
		gone := w.only("bob")
		w.s3.fails("eu", errDown)
		_, err := w.rotate(w.ann(), "ann")
		expect(t, err, codes.Unavailable)
		expect(t, w.delete("bob"), codes.OK)
		w.add(&useradminv1.AddUserRequest{Id: "eve"})
		pass(5 * time.Minute)
		if w.s3.secret(m) != m.GetSecretKey() || w.s3.secret(gone) == "" {
			t.Fatal("it is not down")
		}
		w.s3.meets(nil)
		pass(time.Minute)
		w.expectWorks(w.only("ann"))
		w.expectGone(gone)
		w.expectWorks(w.only("eve"))
	})
}

// Callers learn that it is no use to try again, and the operator which storage it is.
func TestStorageThatRefuses(t *testing.T) {
	inS3(t, "until it is mended", func(t *testing.T, w *s3World) {
		w.s3.fails("eu", fmt.Errorf("%w: wrong key", objectstorage.ErrRefused))
		_, err := w.rotate(w.ann(), "ann")
		expect(t, err, codes.FailedPrecondition)
		if f := fault.From(err); f.Reason != "OBJECT_STORAGE_REFUSES" || strings.Contains(f.Message, "wrong key") {
			t.Errorf("got %v", err)
		}
		w.add(&useradminv1.AddUserRequest{Id: "bob"})
		pass(time.Hour)
		if n := strings.Count(w.log.String(), "object storage eu: the object storage refuses: wrong key"); n < 2 || n > 30 {
			t.Errorf("%d lines in the log for an hour:\n%s", n, w.log)
		}
		w.s3.meets(nil)
		pass(6 * time.Minute)
		w.expectWorks(w.only("ann"))
		w.expectWorks(w.only("bob"))
	})
	inS3(t, "as nobody has its driver", func(t *testing.T, w *s3World) {
		w.storage(&useradminv1.AddObjectStorageRequest{Tenant: acme, Id: "plain", Region: "EU", S3Url: "https://s3.example.com", Driver: "record"})
		synctest.Wait()
		for _, m := range w.of(acme, "ann") {
			if m.GetObjectStorageId() == "plain" {
				_, err := w.keys.RegenerateCredential(w.ann(), &useradminv1.RegenerateCredentialRequest{
					UserId: "ann", ObjectStorageId: "plain", CredentialId: int64(m.GetCredentialId()),
				})
				expect(t, err, codes.FailedPrecondition)
			}
		}
		if !strings.Contains(w.log.String(), `object storage plain: the object storage refuses: there is no driver`) {
			t.Errorf("the log does not tell:\n%s", w.log)
		}
	})
}

// Thousands of calls wait for one tenant's storage, and others for none of them.
func TestStorageThatHangs(t *testing.T) {
	inS3(t, "holds up its own users only", func(t *testing.T, w *s3World) {
		w.s3.hangs("eu")
		for i := range 100 {
			w.add(&useradminv1.AddUserRequest{Id: fmt.Sprint("u", i)})
		}
		pass(time.Minute)
		begun := time.Now()
		if err := w.delete("u1"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 8*time.Second {
			t.Errorf("deleting a user took %v", took)
		}
		w.register(rival, "theirs")
		w.add(&useradminv1.AddUserRequest{Id: "eve", Tenant: rival})
		w.register(acme, "us")
		pass(time.Second)
		w.expectWorks(w.of(rival, "eve")[0])
		for _, m := range w.of(acme, "ann") {
			w.expectWorks(m)
		}
		w.s3.meets(nil)
		pass(time.Minute)
		w.expectEach([]string{"ann", "u0", "u99"}, "eu", "us")
	})
}

// A caller who leaves says nothing about the storage.
func TestCallersWhoLeave(t *testing.T) {
	inS3(t, "pause no storage", func(t *testing.T, w *s3World) {
		w.s3.hangs("eu")
		ctx, leave := context.WithCancel(w.ann())
		end := make(chan error, 1)
		go func() {
			_, err := w.rotate(ctx, "ann")
			end <- err
		}()
		synctest.Wait()
		w.s3.meets(nil)
		leave()
		if err := <-end; err == nil {
			t.Error("the rotation that was left succeeded")
		}
		pass(2 * time.Second)
		w.expectWorks(w.only("ann"))
	})
}

// The keys of a user who is disabled are nobody's until the user is enabled again.
func TestKeysOfDisabledUsers(t *testing.T) {
	inS3(t, "rest", func(t *testing.T, w *s3World) {
		w.add(&useradminv1.AddUserRequest{Id: "admin", Roles: []int64{1}})
		ask := w.contabo(acme, "admin")
		enable := func(on bool) {
			t.Helper()
			_, err := w.users.UpdateUser(ask, &useradminv1.UpdateUserRequest{UserId: "ann", Enabled: &on})
			expect(t, err, codes.OK)
		}
		m := w.only("ann")
		enable(false)
		if got := w.s3.secret(m); got == m.GetSecretKey() || got == "" {
			t.Errorf("the secret of a disabled user's principal is %q, want another one\n%s", got, w.log)
		}
		r, err := w.keys.RegenerateCredential(ask, &useradminv1.RegenerateCredentialRequest{
			UserId: "ann", ObjectStorageId: "eu", CredentialId: int64(m.GetCredentialId()),
		})
		expect(t, err, codes.OK)
		fresh := r.GetCredential()
		pass(2 * time.Minute)
		if got := w.s3.secret(m); got == m.GetSecretKey() || got == fresh.GetSecretKey() {
			t.Error("a disabled user's new secret works")
		}
		enable(true)
		w.expectWorks(fresh)
		w.s3.fails("", errDown)
		enable(false)
		w.expectWorks(fresh) // it can't know
		w.s3.meets(nil)
		pass(time.Minute)
		if w.s3.secret(m) == fresh.GetSecretKey() {
			t.Error("the secret works though the user is disabled")
		}
	})
	inS3(t, "of one who comes disabled, too", func(t *testing.T, w *s3World) {
		w.add(&useradminv1.AddUserRequest{Id: "bob", Disabled: true})
		synctest.Wait()
		w.s3.mu.Lock()
		defer w.s3.mu.Unlock()
		if len(w.s3.secrets) != 2 {
			t.Errorf("principals are %v, want ann's and bob's", w.s3.secrets)
		}
	})
}
