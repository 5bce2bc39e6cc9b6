package connectionvault_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// newHosted is a flow whose provider stands at a host of the consumer's, with a thief beside.
func newHosted(t *testing.T) *flow {
	t.Helper()
	f := newFlow(t, func(r *connectionvaultv1.AddApplicationRequest) {
		r.Integrations = append(r.Integrations, &connectionvaultv1.NewIntegration{ServiceId: "hosted"})
	})
	f.enter("hosted", `{"host":"provider","client_id":"client","client_secret":"`+oauthSecret+`"}`)
	at := netip.MustParseAddr("93.184.215.78")
	f.outside.Name("elsewhere.example.com", []netip.Addr{at})
	f.outside.Serve(t, netip.AddrPortFrom(at, 443), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		form, err := formOf(r)
		t.Errorf("the thief gets %v %v", form, err)
	}))
	return f
}

// move has ann's settings lead to another host.
func (f *flow) move() {
	f.enter("hosted", `{"host":"elsewhere","client_secret":"another"}`)
}

// TestHostChangesWhileACodeIsTraded: what the old host issues is none of the new one's.
func TestHostChangesWhileACodeIsTraded(t *testing.T) {
	f := newHosted(t)
	back := f.back(f.begin("ann", "hosted"))
	f.provider.set(func(p *provider) {
		p.instead = func(http.ResponseWriter, url.Values) bool { f.move(); return false }
	})
	if to := f.end(back); to.Query().Get("error") != "invalid_request" {
		t.Errorf("the browser goes to %s", to)
	}
	if got, err := f.token(f.reader, "ann", "hosted"); err == nil {
		t.Errorf("the new host gets %v", got)
	}
}

// TestHostChangesWhileABrowserIsAway: the code of the old host is not for the new one to see.
func TestHostChangesWhileABrowserIsAway(t *testing.T) {
	f := newHosted(t)
	back := f.back(f.begin("ann", "hosted"))
	f.enter("hosted", `{"host":"elsewhere"}`)
	f.enter("hosted", `{"host":"provider","client_secret":"`+oauthSecret+`"}`)
	if to := f.end(back); to.String() != done {
		t.Errorf("back where it was, the browser goes to %s", to)
	}
	back = f.back(f.begin("ann", "hosted"))
	f.move()
	if to := f.end(back); to.Query().Get("error") != "invalid_request" {
		t.Errorf("the browser goes to %s", to)
	}
}

// TestHostChangesWhileATokenIsRefreshed leaves nothing of the old host's.
func TestHostChangesWhileATokenIsRefreshed(t *testing.T) {
	f := newHosted(t)
	f.authorize("ann", "hosted")
	f.provider.set(func(p *provider) {
		p.instead = func(http.ResponseWriter, url.Values) bool { f.move(); return false }
	})
	_, _ = f.process.connections.ValidateConnection(f.app, &connectionvaultv1.ValidateConnectionRequest{
		ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "hosted",
	})
	if got, err := f.token(f.reader, "ann", "hosted"); err == nil {
		t.Errorf("the new host gets %v", got)
	}
	f.wantState("ann", "hosted", "added", "needs_auth")
}
