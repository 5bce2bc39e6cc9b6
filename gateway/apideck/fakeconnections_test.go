package apideck_test

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
)

// connections keeps those that one consumer has added, of two services.
type connections struct {
	vaultv1.UnimplementedConnectionServiceServer
	sync.Mutex
	added map[string]*vaultv1.Connection
}

// of is who a request is for.
type of interface {
	GetApplicationId() string
	GetConsumerId() string
	GetUnifiedApi() string
	GetServiceId() string
}

const moment = 1_668_000_000_123

// get is a connection, added or not.
func (c *connections) get(ctx context.Context, r of) (*vaultv1.Connection, error) {
	p := auth.From(ctx)
	switch {
	case p.Kind == auth.KindSignedSession && r.GetConsumerId() != "" && r.GetConsumerId() != "ann":
		return nil, fault.Unauthenticated("CONSUMER_OF_ANOTHER_SESSION", "the session is for another consumer")
	case p.Kind != auth.KindSignedSession && !p.Allows(auth.Permission("vault.apps."+r.GetApplicationId())):
		return nil, fault.Unauthenticated("APPLICATION_OF_ANOTHER_KEY", "the key is not the application's")
	}
	id := r.GetUnifiedApi() + "+" + r.GetServiceId()
	if m := c.added[id]; m != nil {
		return proto.CloneOf(m), nil
	}
	m := &vaultv1.Connection{
		Id: id, ServiceId: r.GetServiceId(), UnifiedApi: r.GetUnifiedApi(), State: "available", IntegrationState: "configured", Status: "live",
		ConsentState: "implicit", Health: "ok", Website: new("https://" + r.GetServiceId() + ".example.com"),
	}
	switch id {
	case "crm+pipedrive":
		m.Name, m.AuthType, m.OauthGrantType = "Pipedrive", "oauth2", new("authorization_code")
		m.AuthorizeUrl = new(public + "/vault/authorize/pipedrive/shop?state=x&scope=<a>")
		m.ConfigurableResources = []string{"leads"}
	case "crm+nimble":
		m.Name, m.AuthType, m.Health = "Nimble", "apiKey", "missing_settings"
		m.FormFields = []*vaultv1.FormField{
			{Id: "api_key", Label: "API key", Type: "password", Required: true, Sensitive: new(true)},
			{Id: "region", Label: "Region", Type: "select", Options: `[{"label":"EU","value":1},{"label":"Others","options":[{"label":"US","value":2.50}]}]`},
		}
	default:
		return nil, fault.NotFound("CONNECTION_NOT_FOUND", "there is no connection %s", id)
	}
	return m, nil
}

func (c *connections) ListConnections(ctx context.Context, r *vaultv1.ListConnectionsRequest) (*vaultv1.ListConnectionsResponse, error) {
	c.Lock()
	defer c.Unlock()
	answer := &vaultv1.ListConnectionsResponse{}
	for _, service := range []string{"nimble", "pipedrive"} {
		m, err := c.get(ctx, &vaultv1.GetConnectionRequest{ApplicationId: r.GetApplicationId(), ConsumerId: r.GetConsumerId(), UnifiedApi: "crm", ServiceId: service})
		if err != nil {
			return nil, err
		}
		if (r.Configured == nil || r.GetConfigured() == (m.GetState() == "callable")) && cmp.Or(r.GetApi(), "crm") == "crm" {
			answer.Connections = append(answer.Connections, m)
		}
	}
	return answer, nil
}

func (c *connections) GetConnection(ctx context.Context, r *vaultv1.GetConnectionRequest) (*vaultv1.GetConnectionResponse, error) {
	c.Lock()
	defer c.Unlock()
	m, err := c.get(ctx, r)
	return &vaultv1.GetConnectionResponse{Connection: m}, err
}

// change adds a connection with what apply makes of it.
func (c *connections) change(ctx context.Context, r of, apply func(*vaultv1.Connection)) (*vaultv1.Connection, error) {
	c.Lock()
	defer c.Unlock()
	m, err := c.get(ctx, r)
	if err != nil {
		return nil, err
	}
	m.Enabled, m.State, m.CreatedAt, m.UpdatedAt = true, "callable", new(int64(moment)), new(int64(moment+1))
	apply(m)
	c.added[m.GetId()] = m
	return proto.CloneOf(m), nil
}

func (c *connections) UpdateConnection(ctx context.Context, r *vaultv1.UpdateConnectionRequest) (*vaultv1.UpdateConnectionResponse, error) {
	given := func(name string) bool { return slices.Contains(r.GetUpdateMask().GetPaths(), name) }
	m, err := c.change(ctx, r, func(m *vaultv1.Connection) {
		if given("enabled") {
			m.Enabled = r.GetEnabled()
		}
		if given("settings") {
			m.Settings = r.GetSettings()
		}
		if given("metadata") {
			m.Metadata = r.GetMetadata()
		}
		if given("configuration") {
			m.Configuration = r.GetConfiguration()
		}
		for _, change := range r.GetCustomMappings() {
			m.CustomMappings = append(m.CustomMappings, &vaultv1.CustomMapping{Id: "crm+leads+training", Key: "training", Value: &change.Value})
		}
	})
	return &vaultv1.UpdateConnectionResponse{Connection: m}, err
}

func (c *connections) ImportConnection(ctx context.Context, r *vaultv1.ImportConnectionRequest) (*vaultv1.ImportConnectionResponse, error) {
	m, err := c.change(ctx, r, func(m *vaultv1.Connection) { m.Settings, m.Metadata = r.GetSettings(), r.GetMetadata() })
	return &vaultv1.ImportConnectionResponse{Connection: m}, err
}

func (c *connections) DeleteConnection(ctx context.Context, r *vaultv1.DeleteConnectionRequest) (*vaultv1.DeleteConnectionResponse, error) {
	c.Lock()
	defer c.Unlock()
	m, err := c.get(ctx, r)
	if err != nil {
		return nil, err
	}
	if c.added[m.GetId()] == nil {
		return nil, fault.NotFound("CONNECTION_NOT_FOUND", "connection %s was never added", m.GetId())
	}
	delete(c.added, m.GetId())
	return &vaultv1.DeleteConnectionResponse{}, nil
}

func (*connections) AuthorizeConnection(_ context.Context, r *vaultv1.AuthorizeConnectionRequest) (*vaultv1.AuthorizeConnectionResponse, error) {
	if r.GetServiceId() == "nimble" {
		return nil, fault.FailedPrecondition("CONNECTION_STATE", "nimble has no OAuth").With("health", "missing_settings")
	}
	return nil, fault.Unauthenticated("PROVIDER_REFUSED", "the provider refused: invalid_client").
		With("error", "invalid_client").With("response", `{"error":"invalid_client"}`).With("cooldown_ms", "30000")
}

func (*connections) ValidateConnection(_ context.Context, r *vaultv1.ValidateConnectionRequest) (*vaultv1.ValidateConnectionResponse, error) {
	return &vaultv1.ValidateConnectionResponse{Id: r.GetUnifiedApi() + "+" + r.GetServiceId(), State: "callable"}, nil
}

func (*connections) ConfirmConnection(_ context.Context, r *vaultv1.ConfirmConnectionRequest) (*vaultv1.ConfirmConnectionResponse, error) {
	if r.GetConfirmToken() != "once" {
		return nil, fault.FailedPrecondition("CONFIRM_TOKEN", "the confirm token has expired or was used")
	}
	return &vaultv1.ConfirmConnectionResponse{Confirmed: true}, nil
}

func (*connections) CreateCallbackState(_ context.Context, r *vaultv1.CreateCallbackStateRequest) (*vaultv1.CreateCallbackStateResponse, error) {
	if r.GetRedirectUri() == "https://evil.example.com" {
		return nil, fault.InvalidArgument("REDIRECT_URI", "redirect_uri is not one of the application's")
	}
	return &vaultv1.CreateCallbackStateResponse{State: "st_1"}, nil
}
