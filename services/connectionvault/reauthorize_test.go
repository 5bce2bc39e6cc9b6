package connectionvault_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// switchOff disables ann's connection to rotator.
func (f *flow) switchOff() {
	f.t.Helper()
	_, err := f.process.connections.UpdateConnection(f.app, &connectionvaultv1.UpdateConnectionRequest{
		ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator", Enabled: new(false),
	})
	expect(f.t, err, codes.OK)
}

// connect authorizes ann's rotator and confirms it.
func (f *flow) connect() {
	f.t.Helper()
	expect(f.t, f.confirm(f.app, "ann", "rotator", fragment(f.t, f.authorize("ann", "rotator")).Get("confirm_token")), codes.OK)
}

// again authorizes it once more, with a realm, and returns what confirms it.
func (f *flow) again(realm string) string {
	f.t.Helper()
	back := f.back(f.begin("ann", "rotator"))
	back.Parameters = map[string]string{"realm": realm}
	return fragment(f.t, f.end(back)).Get("confirm_token")
}

// TestUnconfirmedChangesNothing has somebody click on another's link: what works goes on
// working, with its own settings, until the one whose connection it is confirms.
func TestUnconfirmedChangesNothing(t *testing.T) {
	f := newFlow(t, confirmed)
	f.connect()
	f.wantToken(f.process, "access/2")
	token := f.again("666")
	f.wantState("ann", "rotator", "callable", "ok")
	got, err := f.token(f.reader, "ann", "rotator")
	if err != nil || got.GetAccessToken() != "access/2" || got.GetSettings() != `{"account_id":"acc-1"}` {
		t.Fatalf("got %v, %v", got, err)
	}
	expect(t, f.confirm(f.app, "ann", "rotator", "wrong"), codes.FailedPrecondition)
	expect(t, f.confirm(f.app, "ann", "rotator", token), codes.OK)
	got, err = f.token(f.reader, "ann", "rotator")
	if err != nil || got.GetAccessToken() != "access/4" || got.GetSettings() != `{"account_id":"acc-1","realm":"666"}` {
		t.Fatalf("got %v, %v", got, err)
	}
	expect(t, f.confirm(f.app, "ann", "rotator", token), codes.FailedPrecondition)
	f.wantState("ann", "rotator", "callable", "ok")
}

// TestUnconfirmedSwitchesNothingOn leaves also the first one without settings, and what is
// switched off as it is.
func TestUnconfirmedSwitchesNothingOn(t *testing.T) {
	f := newFlow(t, confirmed)
	first := f.again("7")
	r, err := f.process.connections.GetConnection(f.app, &connectionvaultv1.GetConnectionRequest{
		ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator",
	})
	if err != nil || r.GetConnection().GetSettings() != "{}" || r.GetConnection().GetHealth() != "pending_confirmation" {
		t.Errorf("got %v, %v", r, err)
	}
	expect(t, f.confirm(f.app, "ann", "rotator", first), codes.OK)
	if got, err := f.token(f.reader, "ann", "rotator"); err != nil || got.GetSettings() != `{"account_id":"acc-1","realm":"7"}` {
		t.Errorf("got %v, %v", got, err)
	}
	f.switchOff()
	second := f.again("8")
	f.wantState("ann", "rotator", "authorized", "ok")
	expect(t, f.confirm(f.app, "ann", "rotator", second), codes.OK)
	f.wantState("ann", "rotator", "callable", "ok")
}

func TestUnconfirmedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t, confirmed)
		f.provider.set(func(p *provider) { p.life = 7200 })
		f.connect()
		old, token := f.again("1"), f.again("2")
		expect(t, f.confirm(f.app, "ann", "rotator", old), codes.FailedPrecondition) // the newer one counts
		time.Sleep(30 * time.Minute)
		expect(t, f.confirm(f.app, "ann", "rotator", token), codes.FailedPrecondition)
		f.wantToken(f.process, "access/2")
		f.wantState("ann", "rotator", "callable", "ok")
	})
}

// TestUnconfirmedOutlivesARefresh has the one in force refreshed meanwhile, before and while
// the new one comes.
func TestUnconfirmedOutlivesARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t, confirmed)
		f.connect()
		token := f.again("1")
		time.Sleep(2 * time.Minute)
		f.wantToken(f.process, "access/5")
		expect(t, f.confirm(f.app, "ann", "rotator", token), codes.OK)
		f.wantToken(f.process, "access/6") // what was confirmed is due by now
		f.provider.set(func(p *provider) {
			p.instead = func(_ http.ResponseWriter, form url.Values) bool {
				if form.Get("grant_type") == "refresh_token" {
					time.Sleep(time.Second)
				}
				return false
			}
		})
		time.Sleep(2 * time.Minute)
		var refreshing sync.WaitGroup
		refreshing.Go(func() { f.wantToken(f.process, "access/9") })
		time.Sleep(500 * time.Millisecond)
		token = f.again("2")
		refreshing.Wait()
		expect(t, f.confirm(f.app, "ann", "rotator", token), codes.OK)
		f.wantToken(f.process, "access/8")
		if f.provider.reused != 0 {
			t.Errorf("%d refresh tokens came twice", f.provider.reused)
		}
	})
}

// TestUnconfirmedGoesWithTheConnection finds nothing to confirm where the one in force was
// revoked, replaced or deleted.
func TestUnconfirmedGoesWithTheConnection(t *testing.T) {
	for name, end := range map[string]func(f *flow) error{
		"deleted": func(f *flow) error {
			_, err := f.process.connections.DeleteConnection(f.app, &connectionvaultv1.DeleteConnectionRequest{
				ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator",
			})
			return err
		},
		"imported": func(f *flow) error {
			_, err := f.process.connections.ImportConnection(f.app, &connectionvaultv1.ImportConnectionRequest{
				ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator",
				Credentials: &connectionvaultv1.ImportedCredentials{AccessToken: new("own")},
			})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFlow(t, confirmed)
			f.connect()
			token := f.again("1")
			expect(t, end(f), codes.OK)
			expect(t, f.confirm(f.app, "ann", "rotator", token), codes.FailedPrecondition)
		})
	}
}

// TestRefusedTokenGivesWay to an unconfirmed one: it is of no use.
func TestRefusedTokenGivesWay(t *testing.T) {
	f := newFlow(t, confirmed)
	f.connect()
	f.change("ann", "rotator", func(m *storev1.VaultToken) { m.RefusedAtMs = time.Now().UnixMilli() })
	f.wantState("ann", "rotator", "invalid", "needs_auth")
	token := f.again("1")
	f.wantState("ann", "rotator", "added", "pending_confirmation")
	expect(t, f.confirm(f.app, "ann", "rotator", token), codes.OK)
	f.wantState("ann", "rotator", "callable", "ok")
}

// TestLostTokenGivesWay: what waits is all that there is then.
func TestLostTokenGivesWay(t *testing.T) {
	f := newFlow(t, confirmed)
	f.connect()
	token := f.again("1")
	f.change("ann", "rotator", func(m *storev1.VaultToken) { m.Stale, m.InUse = true, true })
	f.provider.set(func(p *provider) { clear(p.refreshes); p.refreshes["refresh/4"] = true })
	f.wantNone(f.process, codes.Unauthenticated, "PROVIDER_REFUSED")
	f.wantState("ann", "rotator", "added", "pending_confirmation")
	expect(t, f.confirm(f.app, "ann", "rotator", token), codes.OK)
	f.wantToken(f.process, "access/4")
}
