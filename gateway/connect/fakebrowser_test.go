package connect_test

import (
	"context"
	"crypto/rand"
	"net/url"

	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

type fakeBrowser struct {
	connectionvaultv1.UnimplementedBrowserServiceServer
	v *vault
}

func (f fakeBrowser) OpenSession(_ context.Context, r *connectionvaultv1.OpenSessionRequest) (*connectionvaultv1.OpenSessionResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	if f.v.err != nil {
		return nil, f.v.err
	}
	if r.GetSessionToken() != token {
		return nil, fault.Unauthenticated("CREDENTIAL_BAD", "the session has ended")
	}
	return proto.CloneOf(f.v.session), nil
}

func (f fakeBrowser) BeginAuthorization(_ context.Context, r *connectionvaultv1.BeginAuthorizationRequest) (*connectionvaultv1.BeginAuthorizationResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	f.v.begun = append(f.v.begun, proto.CloneOf(r))
	switch {
	case f.v.err != nil:
		return nil, f.v.err
	case r.GetState() != "s1" || r.GetApplicationId() != "app":
		return nil, fault.InvalidArgument("OAUTH_STATE", "the state is not valid here")
	case r.GetRedirectUri() != "" && r.GetRedirectUri() != "https://app.example.com/done" && r.GetRedirectUri() != f.v.publicURL+"/vault/session/return":
		return nil, fault.InvalidArgument("REDIRECT_URI", "%s is not one of the application's", r.GetRedirectUri())
	}
	state, cookie := rand.Text(), rand.Text()
	f.v.flows[state] = &authorization{r.GetRedirectUri(), r.GetNonce(), cookie, r.GetServiceId()}
	location := f.v.provider + "?" + url.Values{"state": {state}, "redirect_uri": {f.v.publicURL + "/vault/callback"}}.Encode()
	if f.v.location != "" {
		location = f.v.location
	}
	return &connectionvaultv1.BeginAuthorizationResponse{Location: location, Cookie: cookie}, nil
}

func (f fakeBrowser) EndAuthorization(_ context.Context, r *connectionvaultv1.EndAuthorizationRequest) (*connectionvaultv1.EndAuthorizationResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	f.v.ended = append(f.v.ended, proto.CloneOf(r))
	if f.v.err != nil {
		return nil, f.v.err
	}
	flow := f.v.flows[r.GetState()]
	if flow == nil || r.GetCookie() != flow.cookie {
		return nil, fault.InvalidArgument("OAUTH_STATE", "the state is not valid here")
	}
	delete(f.v.flows, r.GetState())
	if f.v.location != "" {
		return &connectionvaultv1.EndAuthorizationResponse{Location: f.v.location}, nil
	}
	if r.GetError() != "" {
		return &connectionvaultv1.EndAuthorizationResponse{Location: flow.redirect + "?" + url.Values{"error": {r.GetError()}}.Encode()}, nil
	}
	confirm := rand.Text()
	f.v.confirms[confirm] = "crm+" + flow.service
	return &connectionvaultv1.EndAuthorizationResponse{
		Cookie:   f.v.cookieLeft,
		Location: flow.redirect + "#" + url.Values{"nonce": {flow.nonce}, "confirm_token": {confirm}, "service_id": {flow.service}}.Encode(),
	}, nil
}

func (f fakeBrowser) BeginRevocation(_ context.Context, r *connectionvaultv1.BeginRevocationRequest) (*connectionvaultv1.BeginRevocationResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	f.v.revoked = append(f.v.revoked, proto.CloneOf(r))
	if f.v.err != nil {
		return nil, f.v.err
	}
	if r.GetState() != "r1" {
		return nil, fault.InvalidArgument("OAUTH_STATE", "the state is not valid here")
	}
	if f.v.location != "" {
		return &connectionvaultv1.BeginRevocationResponse{Location: f.v.location}, nil
	}
	for _, c := range f.v.connections {
		if c.GetServiceId() == r.GetServiceId() {
			c.State, c.Health = "added", "revoked"
		}
	}
	return &connectionvaultv1.BeginRevocationResponse{Location: "https://app.example.com/done"}, nil
}
