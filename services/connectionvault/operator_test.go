package connectionvault_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/connectionvault"
)

func TestAddApplicationAgainTellsWhatDiffers(t *testing.T) {
	w := newIdleWorld(t)
	first := func(change func(*connectionvaultv1.AddApplicationRequest)) *connectionvaultv1.AddApplicationRequest {
		r := &connectionvaultv1.AddApplicationRequest{
			Tenant: acme, Id: "shop", Name: "Shop", ApiKey: "hp_root_0123456789abcdef", RedirectUris: []string{"https://shop.example.com/done"},
			Integrations: []*connectionvaultv1.NewIntegration{{ServiceId: "pipedrive", ClientId: "c", ClientSecret: "s"}},
		}
		change(r)
		return r
	}
	r, err := w.operator.AddApplication(t.Context(), first(func(*connectionvaultv1.AddApplicationRequest) {}))
	if err != nil || r.GetId() != "shop" || r.GetApiKey() != "hp_root_0123456789abcdef" {
		t.Fatalf("got %v, %v", r, err)
	}
	tests := []struct {
		name    string
		change  func(*connectionvaultv1.AddApplicationRequest)
		differs string
		there   bool
	}{
		{"all the same", func(*connectionvaultv1.AddApplicationRequest) {}, "", true},
		{"another name", func(r *connectionvaultv1.AddApplicationRequest) { r.Name = "Store" }, "name", true},
		{"another key", func(r *connectionvaultv1.AddApplicationRequest) { r.ApiKey = "hp_root_fedcba9876543210" }, "api_key", true},
		{"another secret", func(r *connectionvaultv1.AddApplicationRequest) { r.Integrations[0].ClientSecret = "t" }, "integrations", true},
		{"no addresses, and confirming", func(r *connectionvaultv1.AddApplicationRequest) {
			r.RedirectUris, r.ConfirmConnections = nil, true
		}, "redirect_uris,confirm_connections", true},
		{"another tenant", func(r *connectionvaultv1.AddApplicationRequest) { r.Tenant = rival }, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.operator.AddApplication(t.Context(), first(tt.change))
			expect(t, err, codes.AlreadyExists)
			if differs, there := fault.From(err).Metadata[connectionvault.MetadataDiffers]; differs != tt.differs || there != tt.there {
				t.Errorf("differs %q (%v), want %q (%v)", differs, there, tt.differs, tt.there)
			}
		})
	}
}

func TestAddApplicationRefuses(t *testing.T) {
	w := newIdleWorld(t)
	tests := []struct {
		name string
		give *connectionvaultv1.AddApplicationRequest
		want codes.Code
	}{
		{"an unknown tenant", &connectionvaultv1.AddApplicationRequest{Tenant: "nobody"}, codes.NotFound},
		{"an id that is no word", &connectionvaultv1.AddApplicationRequest{Tenant: acme, Id: "a.b"}, codes.InvalidArgument},
		{"a key of another kind", &connectionvaultv1.AddApplicationRequest{Tenant: acme, ApiKey: "pk_live_0123456789abcdef"}, codes.InvalidArgument},
		{"an address without TLS", &connectionvaultv1.AddApplicationRequest{Tenant: acme, RedirectUris: []string{"http://shop.example.com"}}, codes.InvalidArgument},
		{"an address with a user", &connectionvaultv1.AddApplicationRequest{Tenant: acme, RedirectUris: []string{"https://a@shop.example.com"}}, codes.InvalidArgument},
		{"a script", &connectionvaultv1.AddApplicationRequest{Tenant: acme, RedirectUris: []string{"javascript:alert(1)"}}, codes.InvalidArgument},
		{"a default that is not listed", &connectionvaultv1.AddApplicationRequest{Tenant: acme, DefaultRedirectUri: "https://a.example.com"}, codes.InvalidArgument},
		{"scopes that are a number", &connectionvaultv1.AddApplicationRequest{Tenant: acme, DataScopes: "1"}, codes.InvalidArgument},
		{"an unknown service", &connectionvaultv1.AddApplicationRequest{Tenant: acme, Integrations: []*connectionvaultv1.NewIntegration{{ServiceId: "nothing"}}}, codes.NotFound},
		{"a service twice", &connectionvaultv1.AddApplicationRequest{Tenant: acme, Integrations: []*connectionvaultv1.NewIntegration{{ServiceId: "xero"}, {ServiceId: "xero"}}}, codes.InvalidArgument},
		{"a secret without a client", &connectionvaultv1.AddApplicationRequest{Tenant: acme, Integrations: []*connectionvaultv1.NewIntegration{{ServiceId: "xero", ClientSecret: "s"}}}, codes.InvalidArgument},
		{"two scopes in one", &connectionvaultv1.AddApplicationRequest{Tenant: acme, Integrations: []*connectionvaultv1.NewIntegration{{ServiceId: "xero", Scopes: []string{"a b"}}}}, codes.InvalidArgument},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.operator.AddApplication(t.Context(), tt.give)
			expect(t, err, tt.want)
		})
	}
}
