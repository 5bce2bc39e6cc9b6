package connectionvault_test

import (
	"log/slog"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// TestNobodyKnowsTheAddress has an operator leave out --public-url: what takes a browser says
// so, and leads nowhere; all else works.
func TestNobodyKnowsTheAddress(t *testing.T) {
	f := newFlow(t)
	state := f.link("ann", "rotator")
	p := f.world.processAt(f.store, slog.DiscardHandler, "")
	_, session := p.sessions.CreateSession(f.app, &connectionvaultv1.CreateSessionRequest{ApplicationId: "shop", ConsumerId: "ann"})
	_, begin := p.browser.BeginAuthorization(t.Context(), &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: state})
	_, callback := p.connections.CreateCallbackState(f.app, &connectionvaultv1.CreateCallbackStateRequest{
		ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator",
	})
	for name, err := range map[string]error{"a session": session, "a browser": begin, "a state": callback} {
		if got := fault.From(err); got == nil || got.Code != codes.FailedPrecondition || !strings.Contains(got.Message, "--public-url") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	r, err := p.connections.GetConnection(f.app, &connectionvaultv1.GetConnectionRequest{
		ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator",
	})
	if err != nil || r.GetConnection().AuthorizeUrl != nil || r.GetConnection().RevokeUrl != nil {
		t.Errorf("got %v, %v", r, err)
	}
}
