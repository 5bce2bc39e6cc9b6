package connectionvault_test

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// session is one of ann's, in which only some actions are allowed.
func (f *flow) session(actions ...string) context.Context {
	f.t.Helper()
	r, err := f.world.sessions.CreateSession(f.app, &connectionvaultv1.CreateSessionRequest{
		ApplicationId: "shop", ConsumerId: "ann", Settings: &connectionvaultv1.SessionSettings{AllowActions: actions},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return metadata.NewOutgoingContext(f.t.Context(), metadata.Pairs("authorization", "Bearer "+r.GetSessionToken()))
}

// links are the states of ann's rotator, as a session sees it.
func (f *flow) links(session context.Context) (authorize, revoke string) {
	f.t.Helper()
	r, err := f.process.connections.GetConnection(session, &connectionvaultv1.GetConnectionRequest{UnifiedApi: "crm", ServiceId: "rotator"})
	if err != nil {
		f.t.Fatal(err)
	}
	return stateOf(f.t, r.GetConnection().GetAuthorizeUrl()), stateOf(f.t, r.GetConnection().GetRevokeUrl())
}

// by sends a browser to the provider by a session's link.
func (f *flow) by(state string) (*connectionvaultv1.BeginAuthorizationResponse, error) {
	return f.process.browser.BeginAuthorization(f.t.Context(), &connectionvaultv1.BeginAuthorizationRequest{
		ServiceId: "rotator", ApplicationId: "shop", State: state, Nonce: "n",
	})
}

// TestOldLinks have a session do again what it was allowed to do once.
func TestOldLinks(t *testing.T) {
	f := newFlow(t)
	session := f.session("delete")
	state, _ := f.links(session)
	var tabs []*connectionvaultv1.EndAuthorizationRequest
	for range 2 {
		begun, err := f.by(state)
		expect(t, err, codes.OK)
		tabs = append(tabs, f.back(begun))
	}
	first := fragment(t, f.end(tabs[0])).Get("confirm_token")
	expect(t, f.confirm(session, "ann", "rotator", first), codes.OK)
	f.wantState("ann", "rotator", "callable", "ok")

	_, err := f.by(state)
	expect(t, err, codes.PermissionDenied)
	if to := f.end(tabs[1]); to.Query().Get("error") != "access_denied" || to.Fragment != "" {
		t.Errorf("the other tab goes to %s", to)
	}
	if _, err := f.by(f.link("ann", "rotator")); err != nil {
		t.Errorf("the application's own link: %v", err)
	}
}

// TestUnconfirmedOfASession is confirmed by who may authorize again.
func TestUnconfirmedOfASession(t *testing.T) {
	f := newFlow(t)
	f.authorize("ann", "rotator")
	allowed := f.session("reauthorize")
	state, _ := f.links(allowed)
	begun, err := f.by(state)
	expect(t, err, codes.OK)
	token := fragment(t, f.end(f.back(begun))).Get("confirm_token")
	expect(t, f.confirm(f.session("delete"), "ann", "rotator", token), codes.PermissionDenied)
	expect(t, f.confirm(allowed, "ann", "rotator", token), codes.OK)
}

// TestLinksEndWithTheirSession has the application delete its consumer, and with it sessions:
// links of theirs must not bring the consumer back.
func TestLinksEndWithTheirSession(t *testing.T) {
	f := newFlow(t)
	f.authorize("ann", "rotator")
	session := f.session()
	state, revoke := f.links(session)
	begun, err := f.by(state)
	expect(t, err, codes.OK)
	_, err = f.world.customers.DeleteConsumer(f.app, &connectionvaultv1.DeleteConsumerRequest{ApplicationId: "shop", ConsumerId: "ann"})
	expect(t, err, codes.OK)
	_, err = f.by(state)
	expect(t, err, codes.InvalidArgument)
	_, err = f.process.browser.BeginRevocation(t.Context(), &connectionvaultv1.BeginRevocationRequest{ServiceId: "rotator", ApplicationId: "shop", State: revoke})
	expect(t, err, codes.InvalidArgument)
	_, err = f.process.browser.EndAuthorization(t.Context(), f.back(begun))
	expect(t, err, codes.InvalidArgument)
	f.wantState("ann", "rotator", "available", "needs_auth")
}

// TestLogsOfASession are of its unified APIs alone.
func TestLogsOfASession(t *testing.T) {
	w, ctx := newShop(t, "copper")
	for _, api := range []string{"crm", "lead"} {
		w.mustSet(ctx, api, "copper", `{"email":"a@example.com","api_key":"k"}`)
	}
	session := w.session(ctx, &connectionvaultv1.SessionSettings{UnifiedApis: []string{"lead"}, ShowLogs: new(true)})
	all := w.logged(session, func(*connectionvaultv1.ListLogsRequest) {})
	for _, m := range all {
		if m.GetUnifiedApi() == "crm" {
			t.Errorf("it is shown %s of %s", m.GetOperation().GetId(), m.GetUnifiedApi())
		}
	}
	if got := told(all); got != "vault.sessionsCreate vault.connectionsUpdate" {
		t.Errorf("it is shown %s", got)
	}
}
