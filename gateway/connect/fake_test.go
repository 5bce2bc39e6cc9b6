package connect_test

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// vault is connection-vault in memory, as far as pages see it: one application with one
// session.
type vault struct {
	mu          sync.Mutex
	publicURL   string
	provider    string // where authorizations go
	session     *connectionvaultv1.OpenSessionResponse
	connections []*connectionvaultv1.Connection
	err         error                     // what every call is answered
	changeErr   error                     // what changes are answered
	updates     []proto.Message           // that came
	flows       map[string]*authorization // that have begun, by state
	confirms    map[string]string         // connections by the tokens that confirm them
	begun       []*connectionvaultv1.BeginAuthorizationRequest
	ended       []*connectionvaultv1.EndAuthorizationRequest
	revoked     []*connectionvaultv1.BeginRevocationRequest
	location    string // what browsers are sent to instead; empty for where they belong
	cookieLeft  string // what the cookie says after an authorization
}

// authorization is one that has begun.
type authorization struct{ redirect, nonce, cookie, service string }

func newVault(publicURL string) *vault {
	return &vault{
		publicURL: publicURL, provider: "https://provider.example/authorize",
		session: &connectionvaultv1.OpenSessionResponse{
			ApplicationId: "app", ConsumerId: "customer-1", ApplicationName: "Acme", RedirectUri: "https://app.example.com/done",
			Settings: `{}`, Theme: `{"primary_color":"#ffcc00","privacy_url":"https://app.example.com/privacy"}`,
			Origins: []string{"https://app.example.com"},
		},
		connections: sample(publicURL), flows: map[string]*authorization{}, confirms: map[string]string{},
	}
}

// sample is a connection of each kind.
func sample(publicURL string) []*connectionvaultv1.Connection {
	pipedrive := newConnection("crm", "pipedrive", "Pipedrive", "oauth2")
	pipedrive.OauthGrantType = new("authorization_code")
	pipedrive.AuthorizeUrl = new(publicURL + "/vault/authorize/pipedrive/app?state=s1")
	pipedrive.RevokeUrl = new(publicURL + "/vault/revoke/pipedrive/app?state=r1")
	pipedrive.TagLine = new("Sales pipelines")
	key := newConnection("hris", "bamboohr", "BambooHR", "apiKey")
	key.FormFields = allFields()
	machine := newConnection("accounting", "sage", "Sage", "oauth2")
	machine.OauthGrantType = new("client_credentials")
	machine.FormFields = []*connectionvaultv1.FormField{{Id: "client_id", Label: "Client id", Type: "text", Required: true}}
	unready := newConnection("crm", "hubspot", "HubSpot", "oauth2")
	unready.IntegrationState = "needs_configuration"
	return []*connectionvaultv1.Connection{pipedrive, key, machine, unready}
}

func newConnection(api, service, name, auth string) *connectionvaultv1.Connection {
	return &connectionvaultv1.Connection{
		Id: api + "+" + service, UnifiedApi: api, ServiceId: service, Name: name, AuthType: auth,
		State: "available", IntegrationState: "configured", Status: "live", Health: "needs_auth",
	}
}

// allFields are a field of each type.
func allFields() []*connectionvaultv1.FormField {
	const options = `[{"label":"Red","value":"red","option_type":"simple"},{"label":"Seven","value":7,"option_type":"simple"},
		{"label":"Group","id":"g","option_type":"group","options":[{"label":"Yes","value":true,"option_type":"simple"}]}]`
	var all []*connectionvaultv1.FormField
	for _, kind := range []string{"text", "checkbox", "tel", "email", "url", "textarea", "datetime", "date", "time", "number", "select", "filtered-select", "multi-select"} {
		f := &connectionvaultv1.FormField{Id: kind, Label: "A " + kind, Type: kind}
		if slices.Contains([]string{"select", "filtered-select", "multi-select"}, kind) {
			f.Options = options
		}
		all = append(all, f)
	}
	return append(all,
		&connectionvaultv1.FormField{Id: "subdomain", Label: "Subdomain", Type: "text", Required: true, Prefix: new("https://"), Suffix: new(".example.com"), Placeholder: new("acme")},
		&connectionvaultv1.FormField{Id: "api_key", Label: "API key", Type: "text", Required: true, Sensitive: new(true), Description: new("From your profile")},
		&connectionvaultv1.FormField{Id: "own", Label: "Own", Type: "select", Options: options, AllowCustomValues: true},
		&connectionvaultv1.FormField{Id: "locked", Label: "Locked", Type: "text", Disabled: new(true), Value: `"fixed"`},
		&connectionvaultv1.FormField{Id: "unseen", Label: "Unseen", Type: "text", Hidden: new(true), Required: true, Value: `"unseen"`},
	)
}

// find returns a connection, as long as the caller is the session's.
func (v *vault) find(ctx context.Context, api, service string) (*connectionvaultv1.Connection, error) {
	if err := v.admit(ctx); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(v.connections, func(c *connectionvaultv1.Connection) bool {
		return c.GetUnifiedApi() == api && c.GetServiceId() == service
	})
	if i < 0 {
		return nil, fault.NotFound("CONNECTION_NOT_FOUND", "there is no connection %s+%s", api, service)
	}
	return v.connections[i], nil
}

// admit lets the session's token in, and nothing else.
func (v *vault) admit(ctx context.Context) error {
	if v.err != nil {
		return v.err
	}
	md, _ := metadata.FromIncomingContext(ctx)
	if got := md.Get("authorization"); !slices.Equal(got, []string{"Bearer " + token}) {
		return fault.Unauthenticated("CREDENTIAL_BAD", "no session is %s", fmt.Sprint(got))
	}
	return nil
}

// change keeps what came, and finds what it is to.
func (v *vault) change(ctx context.Context, r interface {
	proto.Message
	GetUnifiedApi() string
	GetServiceId() string
}) (*connectionvaultv1.Connection, error) {
	c, err := v.find(ctx, r.GetUnifiedApi(), r.GetServiceId())
	if err == nil {
		err = v.changeErr
	}
	if err == nil {
		v.updates = append(v.updates, proto.CloneOf[proto.Message](r))
	}
	return c, err
}
