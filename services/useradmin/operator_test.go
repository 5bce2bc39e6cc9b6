package useradmin_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestCreateAccount(t *testing.T) {
	w := newWorld(t)
	made, err := w.operator.CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{
		Tenant: acme, Name: "Acme", TenantId: "DE", CustomerId: "54321", ClientSecret: "a secret of sixteen", RedirectUrls: []string{"https://app.example.com/welcome"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if made.GetAccount().GetClientId() != "DE-54321" || made.GetClientSecret() != "a secret of sixteen" {
		t.Errorf("made %v", made)
	}
	got, err := w.operator.GetAccount(t.Context(), &useradminv1.GetAccountRequest{Tenant: acme})
	if err != nil || got.GetAccount().String() != made.GetAccount().String() || got.GetClientSecret() != made.GetClientSecret() {
		t.Errorf("got %v, %v", got, err)
	}
	for _, c := range []struct {
		name string
		give *useradminv1.CreateAccountRequest
		want codes.Code
	}{
		{"a second one", &useradminv1.CreateAccountRequest{Tenant: acme}, codes.AlreadyExists},
		{"another tenant's client", &useradminv1.CreateAccountRequest{Tenant: rival, ClientId: "DE-54321"}, codes.AlreadyExists},
		{"a short secret", &useradminv1.CreateAccountRequest{Tenant: rival, ClientSecret: "fifteen letters"}, codes.InvalidArgument},
		{"links to a page without TLS", &useradminv1.CreateAccountRequest{Tenant: rival, RedirectUrls: []string{"http://app.example.com"}}, codes.InvalidArgument},
		{"links to a script", &useradminv1.CreateAccountRequest{Tenant: rival, RedirectUrls: []string{"javascript:alert(1)"}}, codes.InvalidArgument},
		{"links with a password", &useradminv1.CreateAccountRequest{Tenant: rival, RedirectUrls: []string{"https://a:b@app.example.com"}}, codes.InvalidArgument},
		{"links to the user's own machine", &useradminv1.CreateAccountRequest{Tenant: rival, RedirectUrls: []string{"http://127.0.0.1:9999/done", "http://localhost/"}}, codes.OK},
		{"no tenant", &useradminv1.CreateAccountRequest{Tenant: "nobody"}, codes.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.operator.CreateAccount(t.Context(), c.give)
			expect(t, err, c.want)
		})
	}
}

// An account that nobody described has a client of its own all the same, whatever the
// operator has called that of another tenant.
func TestAccountOfFirstUse(t *testing.T) {
	w := newWorld(t)
	if _, err := w.operator.CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{Tenant: rival, ClientId: "HP-acme"}); err != nil {
		t.Fatal(err)
	}
	first, err := w.operator.GetAccount(t.Context(), &useradminv1.GetAccountRequest{Tenant: acme})
	if err != nil {
		t.Fatal(err)
	}
	a := first.GetAccount()
	if a.GetTenantId() != "HP" || a.GetCustomerId() != acme || !strings.HasPrefix(a.GetClientId(), "HP-acme-") || len(first.GetClientSecret()) != 36 {
		t.Errorf("got %v", first)
	}
	second, err := w.operator.GetAccount(t.Context(), &useradminv1.GetAccountRequest{Tenant: acme})
	if err != nil || second.GetClientSecret() != first.GetClientSecret() {
		t.Errorf("the second time: %v, %v", second, err)
	}
}
