package connectionvault_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

// TestImpatientCaller has one give up while the provider thinks: what it issues is kept, for
// the refresh token that was sent is no good any more.
func TestImpatientCaller(t *testing.T) {
	for _, within := range []time.Duration{time.Second / 2, 2 * time.Second, 4 * time.Second} {
		t.Run(within.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFlow(t)
				f.authorize("ann", "rotator")
				f.provider.set(func(p *provider) {
					p.instead = func(http.ResponseWriter, url.Values) bool { time.Sleep(6 * time.Second); return false }
				})
				time.Sleep(2 * time.Minute)
				ctx, cancel := context.WithTimeout(f.reader, within)
				defer cancel()
				if got, err := f.token(ctx, "ann", "rotator"); err == nil {
					t.Errorf("got %v", got)
				}
				time.Sleep(7 * time.Second)
				f.wantToken(f.process, "access/3")
				f.wantState("ann", "rotator", "callable", "ok")
				if f.provider.reused != 0 {
					t.Errorf("%d refresh tokens came twice", f.provider.reused)
				}
			})
		})
	}
}
