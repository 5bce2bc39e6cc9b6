package main

import (
	"net/http"
	"strings"
	"testing"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// keyManagerUsers makes the users of Barbican's recordings: creators of a project, two of one
// and one of another. The variables are a token and the id of each.
func (s *server) keyManagerUsers(t *testing.T) map[string]string {
	t.Helper()
	vars, tenants := map[string]string{}, map[string]string{}
	for name, project := range map[string]string{"alice": "a", "carol": "a", "bob": "b"} {
		if tenants[project] == "" {
			tenants[project] = s.newAccount(t)
		}
		r, err := useradminv1.NewOperatorServiceClient(s.internal).AddUser(t.Context(), &useradminv1.AddUserRequest{
			Tenant: tenants[project], Username: id.New(name), Email: id.New(name) + "@example.com", Password: "barbican", OpenstackRoles: []string{"creator"},
		})
		if err != nil {
			t.Fatal(err)
		}
		user := r.GetUser().GetId()
		vars[name+"_id"], vars[name] = user, s.keystoneSession(t, tenants[project], user)
	}
	return vars
}

// newAccount is a tenant that can have users.
func (s *server) newAccount(t *testing.T) string {
	t.Helper()
	name := id.New("project")
	r, err := identityv1.NewTenantServiceClient(s.internal).CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	of := r.GetTenant().GetId()
	if _, err := useradminv1.NewOperatorServiceClient(s.internal).CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{Tenant: of, Name: name}); err != nil {
		t.Fatal(err)
	}
	return of
}

// keystoneSession logs a user of a tenant in, as the clients of recordings do.
func (s *server) keystoneSession(t *testing.T, of, user string) string {
	t.Helper()
	r, err := http.Post(s.baseURL+"/v3/auth/tokens", jsonType, strings.NewReader(`{"auth":{
		"identity":{"methods":["password"],"password":{"user":{"id":"`+user+`","password":"barbican"}}},
		"scope":{"project":{"id":"`+of+`"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != http.StatusCreated {
		t.Fatalf("no token for %s: %s", user, r.Status)
	}
	return r.Header.Get("X-Subject-Token")
}
