package useradmin_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/services/useradmin"
)

// lock has five logins of a name fail.
func (d door) lock(t testing.TB, name string) {
	t.Helper()
	for i := range 5 {
		_, err := d.login(t.Context(), name, fmt.Sprint("wrong ", i), "")
		wantRefused(t, err)
	}
}

// What is locked is compared with nothing, whatever it is called, whether it exists or not.
func TestLockout(t *testing.T) {
	w, d := loginWorld(t)
	for _, id := range []string{"bob", "cid", "dan"} {
		w.add(&useradminv1.AddUserRequest{Id: id, Username: id + "'s", Password: goodPassword})
	}
	for _, c := range []struct {
		name, tried, then string
		locked            bool
	}{
		{"a user", "annie", "annie", true},
		{"a user by another name", "bob's", "bob@example.com", true},
		{"a user in other letters", "cid's", " CID@example.com", true},
		{"nobody", "nobody", "nobody", true},
		{"nobody in other letters", "no one", "NO one ", true},
		{"a user while others are locked", "no man", "dan's", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := d.hashes(t)
			d.lock(t, c.tried)
			wantHashes(t, before+5, d)
			_, err := d.login(t.Context(), c.then, goodPassword, "")
			if c.locked {
				wantRefused(t, err)
				wantHashes(t, before+5, d)
			} else {
				expect(t, err, codes.OK)
			}
		})
	}
}

func TestLockEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, d door)
		want bool
	}{
		{"14 minutes 59 after the fifth", func(t *testing.T, d door) {
			d.lock(t, "annie")
			time.Sleep(15*time.Minute - time.Second)
		}, false},
		{"15 minutes after the fifth", func(t *testing.T, d door) {
			d.lock(t, "annie")
			time.Sleep(15 * time.Minute)
		}, true},
		{"15 minutes after, when tried a second before", func(t *testing.T, d door) {
			d.lock(t, "annie")
			time.Sleep(15*time.Minute - time.Second)
			d.login(t.Context(), "annie", goodPassword, "")
			time.Sleep(time.Second)
		}, true},
		{"when the first of five is 16 minutes ago, the last none", func(t *testing.T, d door) {
			d.login(t.Context(), "annie", "wrong", "")
			time.Sleep(14 * time.Minute)
			for i := range 4 {
				d.login(t.Context(), "annie", fmt.Sprint("wrong", i), "")
			}
			time.Sleep(2 * time.Minute)
		}, false},
		{"when a right one came in between", func(t *testing.T, d door) {
			for i := range 4 {
				d.login(t.Context(), "annie", fmt.Sprint("wrong", i), "")
			}
			d.login(t.Context(), "annie", goodPassword, "")
			d.login(t.Context(), "annie", "wrong", "")
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, d := loginWorld(t)
				c.do(t, d)
				if _, err := d.login(t.Context(), "annie", goodPassword, ""); (err == nil) != c.want {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// Go's oauth2 package sends a login that fails once more.
func TestSameWrongPasswordCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, d := loginWorld(t)
		for range 20 {
			_, err := d.login(t.Context(), "annie", "wrong", "")
			wantRefused(t, err)
		}
		wantHashes(t, 1, d)
		time.Sleep(10 * time.Second)
		_, err := d.login(t.Context(), "annie", "wrong", "")
		wantRefused(t, err)
		wantHashes(t, 2, d)
		if _, err := d.login(t.Context(), "annie", goodPassword, ""); err != nil {
			t.Error(err)
		}
	})
}

// moody is a store whose Updates have something happen first.
type moody struct {
	kv.Store
	before atomic.Pointer[func() error]
}

func (m *moody) Update(ctx context.Context, fn func(kv.Writer) error) error {
	if before := m.before.Load(); before != nil {
		if err := (*before)(); err != nil {
			return err
		}
	}
	return m.Store.Update(ctx, fn)
}

func moodyDoor(w *world) (door, *moody) {
	m := &moody{Store: w.store}
	return w.door(func(d *useradmin.Deps) { d.Store = m }), m
}

// What a process that dies was checking was wrong, as far as others know.
func TestChecksThatCrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := loginWorld(t)
		dying, store := moodyDoor(w)
		var updates int
		crash := func() error {
			if updates++; updates%2 == 0 {
				return errors.New("killed")
			}
			return nil
		}
		store.before.Store(&crash)
		for i := range 5 {
			_, err := dying.login(t.Context(), "annie", fmt.Sprint("wrong ", i), "")
			expect(t, err, codes.Internal)
		}
		before := d.hashes(t)
		_, err := d.login(t.Context(), "annie", goodPassword, "")
		expect(t, err, codes.ResourceExhausted)
		time.Sleep(time.Minute)
		_, err = d.login(t.Context(), "annie", goodPassword, "")
		wantRefused(t, err)
		wantHashes(t, before, d)
		time.Sleep(15 * time.Minute)
		_, err = d.login(t.Context(), "annie", goodPassword, "")
		expect(t, err, codes.OK)
	})
}

// A caller who goes away takes no guess along.
func TestCallersWhoGoAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := loginWorld(t)
		d, store := moodyDoor(w)
		for i := range 5 {
			gate := make(chan struct{})
			wait := func() error { <-gate; return nil }
			store.before.Store(&wait)
			ctx, cancel := context.WithCancel(t.Context())
			var calls sync.WaitGroup
			calls.Go(func() {
				_, err := d.login(ctx, "annie", fmt.Sprint("wrong ", i), "")
				expect(t, err, codes.Canceled)
			})
			synctest.Wait()
			cancel()
			calls.Wait()
			close(gate)
			synctest.Wait()
		}
		store.before.Store(nil)
		_, err := d.login(t.Context(), "annie", goodPassword, "")
		wantRefused(t, err)
		wantHashes(t, 5, d)
	})
}
