package connectionvault_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// session makes one of jane's, and returns a context with its token.
func (w *world) session(ctx context.Context, settings *connectionvaultv1.SessionSettings) context.Context {
	w.t.Helper()
	r, err := w.sessions.CreateSession(ctx, &connectionvaultv1.CreateSessionRequest{ApplicationId: shop, ConsumerId: jane, Settings: settings})
	if err != nil {
		w.t.Fatal(err)
	}
	return metadata.NewOutgoingContext(w.t.Context(), metadata.Pairs("authorization", "Bearer "+r.GetSessionToken()))
}

func TestASessionIsForItsConsumer(t *testing.T) {
	w, ctx := newShop(t, "copper")
	session := w.session(ctx, nil)
	if m := w.mustSet(session, "crm", "copper", `{"email":"a@example.com","api_key":"k"}`); m.GetState() != "callable" {
		t.Errorf("state %s", m.GetState())
	}
	for name, r := range map[string]*connectionvaultv1.ListConnectionsRequest{
		"nothing named": {}, "both named": {ApplicationId: shop, ConsumerId: jane},
	} {
		if answer, err := w.connections.ListConnections(session, r); err != nil || len(answer.GetConnections()) != 2 {
			t.Errorf("%s: got %v, %v", name, answer, err)
		}
	}
	_, err := w.connections.ListConnections(session, &connectionvaultv1.ListConnectionsRequest{ConsumerId: "joe"})
	expect(t, err, codes.Unauthenticated)
	_, err = w.connections.ListConnections(session, &connectionvaultv1.ListConnectionsRequest{ApplicationId: "other"})
	expect(t, err, codes.Unauthenticated)

	of := &connectionvaultv1.ImportConnectionRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper"}
	_, err = w.connections.ImportConnection(session, of)
	expect(t, err, codes.PermissionDenied)
	_, err = w.sessions.CreateSession(session, &connectionvaultv1.CreateSessionRequest{})
	expect(t, err, codes.PermissionDenied)
	_, err = w.customers.ListConsumers(session, &connectionvaultv1.ListConsumersRequest{})
	expect(t, err, codes.PermissionDenied)
	_, err = w.customers.DeleteConsumer(session, &connectionvaultv1.DeleteConsumerRequest{})
	expect(t, err, codes.PermissionDenied)
	_, err = w.logs.ListLogs(session, &connectionvaultv1.ListLogsRequest{})
	expect(t, err, codes.PermissionDenied)
}

func TestASessionTakesTheActionsItIsAllowed(t *testing.T) {
	w, ctx := newShop(t, "copper", "pipedrive")
	disable := func(session context.Context) error {
		_, err := w.connections.UpdateConnection(session, &connectionvaultv1.UpdateConnectionRequest{UnifiedApi: "crm", ServiceId: "copper", Enabled: new(false)})
		return err
	}
	remove := func(session context.Context) error {
		_, err := w.connections.DeleteConnection(session, &connectionvaultv1.DeleteConnectionRequest{UnifiedApi: "crm", ServiceId: "copper"})
		return err
	}
	tests := []struct {
		name                           string
		allow                          []string
		disable, remove                codes.Code
		reauthorizes, disconnects, all bool
	}{
		{"all", nil, codes.OK, codes.OK, true, true, true},
		{"deleting", []string{"delete"}, codes.PermissionDenied, codes.OK, false, false, false},
		{"disabling", []string{"disable"}, codes.OK, codes.PermissionDenied, false, false, false},
		{"both ways with tokens", []string{"reauthorize", "disconnect"}, codes.PermissionDenied, codes.PermissionDenied, true, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.connections.UpdateConnection(ctx, &connectionvaultv1.UpdateConnectionRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", Enabled: new(true)})
			expect(t, err, codes.OK)
			w.bring(ctx, "crm", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a")})
			session := w.session(ctx, &connectionvaultv1.SessionSettings{AllowActions: tt.allow})
			if m := w.get(session, "crm", "pipedrive"); m.AuthorizeUrl != nil != tt.reauthorizes || m.RevokeUrl != nil != tt.disconnects {
				t.Errorf("authorize %q, revoke %q", m.GetAuthorizeUrl(), m.GetRevokeUrl())
			}
			if m := w.get(session, "lead", "pipedrive"); m.AuthorizeUrl == nil {
				t.Error("can't authorize for the first time")
			}
			expect(t, disable(session), tt.disable)
			expect(t, remove(session), tt.remove)
		})
	}
}

func TestASessionSeesItsUnifiedAPIs(t *testing.T) {
	w, ctx := newShop(t, "copper")
	session := w.session(ctx, &connectionvaultv1.SessionSettings{UnifiedApis: []string{"lead"}})
	if got := w.list(session, func(*connectionvaultv1.ListConnectionsRequest) {}); len(got) != 1 || got[0] != "lead+copper available" {
		t.Errorf("got %v", got)
	}
	_, err := w.set(session, "crm", "copper", `{"a":1}`)
	expect(t, err, codes.NotFound)
}

func TestSessionLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newShop(t, "copper")
		tests := []struct {
			length string
			want   time.Duration
		}{
			{"", time.Hour},
			{"3m", 3 * time.Minute},
			{"20s", 20 * time.Second},
		}
		for _, tt := range tests {
			session := w.session(ctx, &connectionvaultv1.SessionSettings{SessionLength: new(tt.length)})
			time.Sleep(tt.want - time.Second)
			_, err := w.connections.ListConnections(session, &connectionvaultv1.ListConnectionsRequest{})
			expect(t, err, codes.OK)
			time.Sleep(2 * time.Second)
			_, err = w.connections.ListConnections(session, &connectionvaultv1.ListConnectionsRequest{})
			expect(t, err, codes.Unauthenticated)
		}
		for _, long := range []string{"24h", "7d", "1w"} {
			w.session(ctx, &connectionvaultv1.SessionSettings{SessionLength: &long})
		}
		for _, wrong := range []string{"8d", "2w", "0m", "-1h", "1", "h", "1.5h", "9999999w", "1h30m"} {
			_, err := w.sessions.CreateSession(ctx, &connectionvaultv1.CreateSessionRequest{
				ApplicationId: shop, ConsumerId: jane, Settings: &connectionvaultv1.SessionSettings{SessionLength: &wrong},
			})
			expect(t, err, codes.InvalidArgument)
		}
	})
}

func TestCreateSessionRefuses(t *testing.T) {
	w, ctx := newShop(t)
	_, err := w.sessions.CreateSession(ctx, &connectionvaultv1.CreateSessionRequest{ApplicationId: shop})
	expect(t, err, codes.InvalidArgument)
	_, err = w.sessions.CreateSession(ctx, &connectionvaultv1.CreateSessionRequest{ApplicationId: shop, ConsumerId: jane, RedirectUri: "https://evil.example.com"})
	expect(t, err, codes.InvalidArgument)
	_, err = w.sessions.CreateSession(ctx, &connectionvaultv1.CreateSessionRequest{
		ApplicationId: shop, ConsumerId: jane, RedirectUri: "https://app.example.com/done",
		ConsumerMetadata: &connectionvaultv1.ConsumerMetadata{Email: new("jane@example.com")},
	})
	expect(t, err, codes.OK)
	if m, err := w.consumer(ctx, jane); err != nil || m.GetMetadata().GetEmail() != "jane@example.com" {
		t.Errorf("got %v, %v", m, err)
	}
}
