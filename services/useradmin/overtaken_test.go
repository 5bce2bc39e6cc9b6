package useradmin_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// heldCall holds up the first call that comes, and carries it out when it is let go, whatever
// has become of its caller until then.
type heldCall struct {
	s3     *s3Server
	once   sync.Once
	free   chan struct{}
	landed chan struct{}
}

// holdUp has the next call be late.
func (w *s3World) holdUp() *heldCall {
	l := &heldCall{s3: w.s3, free: make(chan struct{}), landed: make(chan struct{})}
	w.s3.meets(l.meet)
	return l
}

func (l *heldCall) meet(ctx context.Context, c s3Call) error {
	var first bool
	l.once.Do(func() { first = true })
	if !first {
		return nil
	}
	go func() {
		<-l.free
		l.s3.carryOut(c)
		close(l.landed)
	}()
	select {
	case <-l.landed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// letGo has the call land.
func (l *heldCall) letGo() {
	close(l.free)
	<-l.landed
	synctest.Wait()
}

// A call for the first rotation, or for the deletion, lands after that of the second.
func TestCallsThatAreOvertaken(t *testing.T) {
	inS3(t, "a rotation by another", func(t *testing.T, w *s3World) {
		held, first := w.holdUp(), make(chan error, 1)
		go func() {
			_, err := w.rotate(w.ann(), "ann")
			first <- err
		}()
		synctest.Wait()
		second, err := w.rotate(w.ann(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		w.expectWorks(second)
		held.letGo()
		if err := <-first; err != nil {
			t.Error(err)
		}
		w.expectWorks(second)
		w.expectWorks(w.only("ann"))
	})
	inS3(t, "a rotation by the user's end", func(t *testing.T, w *s3World) {
		m, held, first := w.only("ann"), w.holdUp(), make(chan error, 1)
		go func() {
			_, err := w.rotate(w.ann(), "ann")
			first <- err
		}()
		synctest.Wait()
		if err := w.delete("ann"); err != nil {
			t.Fatal(err)
		}
		w.expectGone(m)
		held.letGo()
		if err := <-first; err != nil {
			t.Error(err)
		}
		w.expectGone(m)
	})
}

// The process that made the late call is gone, so that nobody looks what came of it.
func TestLateCallsOfLostProcesses(t *testing.T) {
	lost := func(t *testing.T, w *s3World) *heldCall {
		held, end := w.holdUp(), make(chan error, 1)
		ctx, kill := context.WithCancel(w.ann())
		go func() {
			_, err := w.rotate(ctx, "ann")
			end <- err
		}()
		synctest.Wait()
		kill()
		if err := <-end; err == nil {
			t.Error("the rotation that was cut off succeeded")
		}
		return held
	}
	inS3(t, "behind another rotation", func(t *testing.T, w *s3World) {
		held := lost(t, w)
		second, err := w.rotate(w.ann(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		pass(9 * time.Second)
		held.letGo()
		if w.s3.secret(second) == second.GetSecretKey() {
			t.Fatal("the late call did not land")
		}
		pass(time.Minute)
		w.expectWorks(second)
	})
	inS3(t, "behind the user's end", func(t *testing.T, w *s3World) {
		m, held := w.only("ann"), lost(t, w)
		if err := w.delete("ann"); err != nil {
			t.Fatal(err)
		}
		w.expectGone(m)
		pass(9 * time.Second)
		held.letGo()
		if w.s3.secret(m) == "" {
			t.Fatal("the late call did not land")
		}
		pass(time.Minute)
		w.expectGone(m)
	})
}

func TestParallelRotations(t *testing.T) {
	inS3(t, "of two processes", func(t *testing.T, w *s3World) {
		_, public := w.process(w.change)
		doors := []useradminv1.CredentialServiceClient{w.keys, useradminv1.NewCredentialServiceClient(public)}
		m := w.only("ann")
		ask := &useradminv1.RegenerateCredentialRequest{UserId: "ann", ObjectStorageId: "eu", CredentialId: int64(m.GetCredentialId())}
		ctx := w.ann()
		var calls sync.WaitGroup
		var mu sync.Mutex
		secrets := map[string]bool{m.GetSecretKey(): true}
		for i := range 20 {
			calls.Go(func() {
				r, err := doors[i%2].RegenerateCredential(ctx, ask)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				secrets[r.GetCredential().GetSecretKey()] = true
				if got := r.GetCredential(); got.GetAccessKey() != m.GetAccessKey() || got.GetCredentialId() != m.GetCredentialId() {
					t.Errorf("got %v, want the key and id of %v", got, m)
				}
			})
		}
		calls.Wait()
		synctest.Wait()
		last := w.only("ann")
		w.expectWorks(last)
		if len(secrets) != 21 || !secrets[last.GetSecretKey()] || last.GetSecretKey() == m.GetSecretKey() {
			t.Errorf("%d secrets, and the last is one of them: %t", len(secrets), secrets[last.GetSecretKey()])
		}
		pass(time.Minute)
		w.expectWorks(last)
	})
}
