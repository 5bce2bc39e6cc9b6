package useradmin_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/useradmin"
)

// wantDiffers checks what an ALREADY_EXISTS says of the difference, which is no more than the
// names of fields.
func wantDiffers(t *testing.T, name string, err error, want string) {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != codes.AlreadyExists {
		t.Fatalf("%s: got %v, want that it exists already", name, err)
	}
	if got, ok := f.Metadata[useradmin.MetadataDiffers]; !ok || got != want {
		t.Errorf("%s: got a difference in %q, want %q", name, got, want)
	}
}

func TestUserDiffers(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{
		Id: "ann", Username: "annie", Email: "Ann@example.com", FirstName: "Ann", Password: goodPassword, Roles: []int64{1, 2}, OpenstackRoles: []string{"creator"},
	})
	same := func() *useradminv1.AddUserRequest {
		return &useradminv1.AddUserRequest{Tenant: acme, Id: "ann", Email: "ann@example.com", Roles: []int64{2, 1}, OpenstackRoles: []string{"creator"}}
	}
	for name, c := range map[string]struct {
		change func(*useradminv1.AddUserRequest)
		want   string
	}{
		"nothing":      {func(*useradminv1.AddUserRequest) {}, ""},
		"the password": {func(r *useradminv1.AddUserRequest) { r.Password = "a password of another" }, ""},
		"the id":       {func(r *useradminv1.AddUserRequest) { r.Id = "bob" }, "id"},
		"the username": {func(r *useradminv1.AddUserRequest) { r.Username = "nan" }, "username"},
		"the address":  {func(r *useradminv1.AddUserRequest) { r.Email = "nan@example.com" }, "email"},
		"id and address, not the name": {func(r *useradminv1.AddUserRequest) {
			r.Id, r.Email, r.Username = "bob", "bob@example.com", "Annie"
		}, "id,email"},
		"first name and language": {func(r *useradminv1.AddUserRequest) { r.FirstName, r.Locale = "Nan", "de" }, "first_name,locale"},
		"what the user may do": {func(r *useradminv1.AddUserRequest) {
			r.Owner, r.Disabled, r.Totp, r.Roles, r.OpenstackRoles = true, true, true, nil, nil
		}, "owner,disabled,totp,roles,openstack_roles"},
	} {
		r := same()
		c.change(r)
		_, err := w.operator.AddUser(t.Context(), r)
		wantDiffers(t, name, err, c.want)
	}
}

func TestAccountDiffers(t *testing.T) {
	w := newWorld(t)
	first := &useradminv1.CreateAccountRequest{
		Tenant: acme, TenantId: "DE", CustomerId: "54321", ClientSecret: "a secret of sixteen", RedirectUrls: []string{"https://a.example.com", "https://b.example.com"},
	}
	if _, err := w.operator.CreateAccount(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		give *useradminv1.CreateAccountRequest
		want string
	}{
		"nothing":              {&useradminv1.CreateAccountRequest{Name: acme, RedirectUrls: []string{"https://b.example.com", "https://a.example.com"}}, ""},
		"names":                {&useradminv1.CreateAccountRequest{Name: "Acme", TenantId: "US", CustomerId: "1", ClientId: "me"}, "name,tenant_id,customer_id,client_id"},
		"secret and addresses": {&useradminv1.CreateAccountRequest{ClientSecret: "a secret of others", RedirectUrls: []string{"https://a.example.com"}}, "client_secret,redirect_urls"},
	} {
		c.give.Tenant = acme
		_, err := w.operator.CreateAccount(t.Context(), c.give)
		wantDiffers(t, name, err, c.want)
	}
}

func TestRoleAndStorageDiffer(t *testing.T) {
	w := newWorld(t)
	role := func(name string, admin bool, actions ...string) error {
		_, err := w.operator.AddRole(t.Context(), &useradminv1.AddRoleRequest{Tenant: acme, RoleId: 2000, Role: &useradminv1.CreateRoleRequest{
			Name: name, Admin: admin, Permissions: []*useradminv1.RoleGrant{{ApiName: "/v1/users", Actions: actions}},
		}})
		return err
	}
	expect(t, role("Reader", false, "READ"), codes.OK)
	wantDiffers(t, "the same role", role("Reader", false, "READ"), "")
	wantDiffers(t, "another role", role("Writer", true, "READ", "UPDATE"), "name,admin,permissions")

	storage := func(region, secret string) error {
		_, err := w.operator.AddObjectStorage(t.Context(), &useradminv1.AddObjectStorageRequest{
			Tenant: acme, Id: "eu", Region: region, S3Url: "https://s3.example.com", Driver: "versitygw",
			AdminUrl: "https://admin.example.com", AdminAccessKey: "admin", AdminSecretKey: secret,
		})
		return err
	}
	expect(t, storage("Europe", "secret"), codes.OK)
	wantDiffers(t, "the same storage", storage("Europe", "secret"), "")
	wantDiffers(t, "another storage", storage("Asia", "other secret"), "region,admin_secret_key")
}

// A user who was deleted does not come back by the operator's list of users.
func TestDeletedUserStaysDeleted(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Owner: true})
	w.add(&useradminv1.AddUserRequest{Id: "bob"})
	_, err := useradminv1.NewUserServiceClient(w.public).DeleteUser(w.contabo(acme, "ann"), &useradminv1.DeleteUserRequest{UserId: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.operator.AddUser(t.Context(), &useradminv1.AddUserRequest{Tenant: acme, Id: "bob", Email: "bob@example.com"})
	if f := fault.From(err); f == nil || f.Code != codes.AlreadyExists || f.Metadata != nil {
		t.Errorf("got %v, want that there was such a user", err)
	}
	w.add(&useradminv1.AddUserRequest{Email: "bob@example.com"})
}
