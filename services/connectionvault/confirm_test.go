package connectionvault_test

import (
	"context"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func confirmed(r *connectionvaultv1.AddApplicationRequest) { r.ConfirmConnections = true }

func (f *flow) confirm(ctx context.Context, consumer, service, token string) error {
	_, err := f.process.connections.ConfirmConnection(ctx, &connectionvaultv1.ConfirmConnectionRequest{
		ApplicationId: "shop", ConsumerId: consumer, UnifiedApi: "crm", ServiceId: service, ConfirmToken: token,
	})
	return err
}

// fragment is what a browser finds behind the # of an address.
func fragment(t testing.TB, to *url.URL) url.Values {
	t.Helper()
	q, err := url.ParseQuery(to.EscapedFragment())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestConfirmation(t *testing.T) {
	f := newFlow(t, confirmed)
	to := f.authorize("ann", "rotator")
	q := fragment(t, to)
	if to.RawQuery != "" || to.Path != "/done" || q.Get("nonce") != "n0nce" || q.Get("service_id") != "rotator" || len(q.Get("confirm_token")) != 43 {
		t.Fatalf("the browser goes to %s", to)
	}
	f.wantState("ann", "rotator", "added", "pending_confirmation")
	if none := f.wantNone(f.process, codes.FailedPrecondition, "CONNECTION_STATE"); none.Metadata["health"] != "pending_confirmation" {
		t.Errorf("callers are told %v", none.Metadata)
	}
	f.authorize("bob", "rotator")
	f.authorize("ann", "jason")
	for name, err := range map[string]error{
		"none":                 f.confirm(f.app, "ann", "rotator", ""),
		"a wrong one":          f.confirm(f.app, "ann", "rotator", "A"+q.Get("confirm_token")[1:]+"A"),
		"for another consumer": f.confirm(f.app, "bob", "rotator", q.Get("confirm_token")),
		"for another service":  f.confirm(f.app, "ann", "jason", q.Get("confirm_token")),
		"for none":             f.confirm(f.app, "eve", "rotator", q.Get("confirm_token")),
	} {
		if got := fault.From(err); got == nil || got.Code != codes.FailedPrecondition || got.Reason != "CONFIRM_TOKEN" {
			t.Errorf("%s: %v", name, err)
		}
	}
	expect(t, f.confirm(f.app, "ann", "rotator", q.Get("confirm_token")), codes.OK)
	f.wantState("ann", "rotator", "callable", "ok")
	f.wantToken(f.process, "access/2")
	expect(t, f.confirm(f.app, "ann", "rotator", q.Get("confirm_token")), codes.FailedPrecondition)
}

func TestConfirmationEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t, confirmed)
		q := fragment(t, f.authorize("ann", "rotator"))
		time.Sleep(30 * time.Minute)
		expect(t, f.confirm(f.app, "ann", "rotator", q.Get("confirm_token")), codes.FailedPrecondition)
		f.wantState("ann", "rotator", "added", "needs_auth")
	})
}

// TestCallbackState has an application send the browser itself: what it brings back is pending,
// whatever the application's choice, as no cookie says whose browser it is.
func TestCallbackState(t *testing.T) {
	f := newFlow(t)
	r := &connectionvaultv1.CreateCallbackStateRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator"}
	made, err := f.process.connections.CreateCallbackState(f.app, r)
	if err != nil {
		t.Fatal(err)
	}
	q := url.Values{"response_type": {"code"}, "client_id": {"client"}, "redirect_uri": {callbackURL}}
	_, code := f.provider.authorize(t, "https://"+providerHost+"/authorize?"+q.Encode())
	to := f.end(&connectionvaultv1.EndAuthorizationRequest{State: made.GetState(), Code: code, Iss: "https://" + providerHost})
	f.wantState("ann", "rotator", "added", "pending_confirmation")
	expect(t, f.confirm(f.app, "ann", "rotator", fragment(t, to).Get("confirm_token")), codes.OK)
	f.wantState("ann", "rotator", "callable", "ok")
	r.RedirectUri = "https://evil.example.com/"
	_, err = f.process.connections.CreateCallbackState(f.app, r)
	expect(t, err, codes.InvalidArgument)
	r.RedirectUri, r.ServiceId = "", "machine"
	_, err = f.process.connections.CreateCallbackState(f.app, r)
	expect(t, err, codes.FailedPrecondition)
}

// revocation is what a browser brings that goes to a connection's revoke_url.
func (f *flow) revocation(consumer, service string) *connectionvaultv1.BeginRevocationRequest {
	f.t.Helper()
	r, err := f.process.connections.GetConnection(f.app, &connectionvaultv1.GetConnectionRequest{
		ApplicationId: "shop", ConsumerId: consumer, UnifiedApi: "crm", ServiceId: service,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	u, err := url.Parse(r.GetConnection().GetRevokeUrl())
	if err != nil {
		f.t.Fatal(err)
	}
	return &connectionvaultv1.BeginRevocationRequest{ServiceId: service, ApplicationId: "shop", State: u.Query().Get("state")}
}

func TestRevocation(t *testing.T) {
	f := newFlow(t)
	f.authorize("ann", "rotator")
	asks := f.revocation("ann", "rotator")
	gone, err := f.process.browser.BeginRevocation(t.Context(), asks)
	if err != nil || gone.GetLocation() != done {
		t.Fatalf("got %v, %v", gone, err)
	}
	if f.provider.revoked[0].Get("token") != "refresh/2" || f.provider.revoked[0].Get("client_secret") != oauthSecret {
		t.Errorf("the provider was told %v", f.provider.revoked)
	}
	f.wantState("ann", "rotator", "added", "revoked")
	f.wantNone(f.process, codes.FailedPrecondition, "CONNECTION_STATE")
	if again, err := f.process.browser.BeginRevocation(t.Context(), asks); err != nil || again.GetLocation() == done {
		t.Errorf("got %v, %v", again, err)
	}
	_, err = f.process.browser.BeginAuthorization(t.Context(), &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: asks.GetState()})
	expect(t, err, codes.InvalidArgument)
	f.authorize("ann", "rotator")
	f.wantState("ann", "rotator", "callable", "ok")
}
