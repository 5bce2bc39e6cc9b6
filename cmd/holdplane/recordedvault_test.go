package main

import (
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// recordedShop is the key of the application that Apideck's recordings are of.
func (s *server) recordedShop(t *testing.T) string {
	t.Helper()
	tenant := id.New("t")
	s.newKey(t, tenant, allPermissions()...)
	r, err := connectionvaultv1.NewOperatorServiceClient(s.internal).AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{
		Tenant: tenant, Id: "shop", RedirectUris: []string{"https://app.example.com/done"},
		Integrations: []*connectionvaultv1.NewIntegration{{ServiceId: "pipedrive", ClientId: "client", ClientSecret: "secret"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetApiKey()
}
