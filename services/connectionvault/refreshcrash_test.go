package connectionvault_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
)

// TestCrash has a process end between sending the refresh token and keeping the answer.
func TestCrash(t *testing.T) {
	for _, arrived := range []bool{false, true} {
		t.Run(fmt.Sprintf("the request arrived: %v", arrived), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFlow(t)
				f.authorize("ann", "rotator")
				store := &failing{Store: f.store}
				dying := f.world.process(store, slog.DiscardHandler)
				f.provider.set(func(p *provider) {
					p.instead = func(_ http.ResponseWriter, form url.Values) bool {
						store.dead.Store(true) // what it would write from now on, is lost
						if arrived {
							f.provider.set(func(p *provider) { p.refreshes[form.Get("refresh_token")] = false })
						}
						panic(http.ErrAbortHandler)
					}
				})
				time.Sleep(2 * time.Minute)
				if _, err := dying.token(f.reader, "ann", "rotator"); err == nil {
					t.Error("a process without a store has a token")
				}
				f.provider.set(func(p *provider) { p.instead = nil })
				f.wantNone(f.process, codes.Unauthenticated, "PROVIDER_UNREACHABLE") // there is a lease
				time.Sleep(time.Minute)
				if !arrived {
					f.wantToken(f.process, "access/3")
					return
				}
				f.wantNone(f.process, codes.Unauthenticated, "PROVIDER_REFUSED")
				f.wantState("ann", "rotator", "added", "needs_auth")
				if n := f.process.counted(t, "holdplane_connection_tokens_lost_total"); n != 1 {
					t.Errorf("%v tokens are counted as lost, want 1", n)
				}
				f.authorize("ann", "rotator")
				f.wantState("ann", "rotator", "callable", "ok")
			})
		})
	}
}

// TestStoppedProcess has one stop with new tokens in its hands, for longer than its lease.
// Another takes over, and is refused: that token was used. What the first has is not lost.
func TestStoppedProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t)
		f.authorize("ann", "rotator")
		store, goOn := &failing{Store: f.store}, make(chan struct{})
		stopping := f.world.process(store, slog.DiscardHandler)
		f.provider.set(func(p *provider) {
			p.instead = func(http.ResponseWriter, url.Values) bool { store.stopped.Store(&goOn); return false }
		})
		time.Sleep(2 * time.Minute)
		var stopped sync.WaitGroup
		stopped.Go(func() { f.wantToken(stopping, "access/3") })
		time.Sleep(61 * time.Second)
		f.provider.set(func(p *provider) { p.instead = nil })
		f.wantNone(f.process, codes.Unauthenticated, "PROVIDER_REFUSED")
		close(goOn)
		stopped.Wait()
		f.wantToken(f.process, "access/4") // half its life is over, and its refresh token is good
		f.wantState("ann", "rotator", "callable", "ok")
	})
}

// TestAuthorizedMeanwhile has a refresh end after its connection was authorized anew.
func TestAuthorizedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t)
		f.authorize("ann", "rotator")
		f.provider.set(func(p *provider) {
			p.instead = func(_ http.ResponseWriter, form url.Values) bool {
				if form.Get("grant_type") == "refresh_token" {
					time.Sleep(time.Second)
				}
				return false
			}
		})
		time.Sleep(2 * time.Minute)
		back := f.back(f.begin("ann", "rotator"))
		var refreshing sync.WaitGroup
		refreshing.Go(func() { f.wantToken(f.process, "access/4") })
		time.Sleep(500 * time.Millisecond)
		f.end(back)
		refreshing.Wait()
		f.wantToken(f.process, "access/4")
	})
}
