package useradmin_test

import (
	"context"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/services/useradmin"
)

// operatorCalls are what the operator can ask of a tenant.
func (w *world) operatorCalls(of string) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"CreateAccount": func(ctx context.Context) error {
			_, err := w.operator.CreateAccount(ctx, &useradminv1.CreateAccountRequest{Tenant: of})
			return err
		},
		"GetAccount": func(ctx context.Context) error {
			_, err := w.operator.GetAccount(ctx, &useradminv1.GetAccountRequest{Tenant: of})
			return err
		},
		"AddUser": func(ctx context.Context) error {
			_, err := w.operator.AddUser(ctx, &useradminv1.AddUserRequest{Tenant: of, Email: "a@example.com", Password: goodPassword})
			return err
		},
		"ListAllUsers": func(ctx context.Context) error {
			_, err := w.operator.ListAllUsers(ctx, &useradminv1.ListAllUsersRequest{Tenant: of})
			return err
		},
		"ChangePassword": func(ctx context.Context) error {
			_, err := w.operator.ChangePassword(ctx, &useradminv1.ChangePasswordRequest{Tenant: of, User: "ann", Password: goodPassword})
			return err
		},
		"CheckPassword": func(ctx context.Context) error {
			_, err := w.operator.CheckPassword(ctx, &useradminv1.CheckPasswordRequest{Tenant: of, User: "ann", Password: goodPassword})
			return err
		},
		"AddRole": func(ctx context.Context) error {
			_, err := w.operator.AddRole(ctx, &useradminv1.AddRoleRequest{Tenant: of, Role: &useradminv1.CreateRoleRequest{Name: "r"}})
			return err
		},
		"AddObjectStorage": func(ctx context.Context) error {
			_, err := w.operator.AddObjectStorage(ctx, &useradminv1.AddObjectStorageRequest{Tenant: of, Region: "EU", S3Url: "https://s3.example.com", Driver: "record"})
			return err
		},
	}
}

// erase deletes a tenant and its data, as identity does where it has a way there.
func (w *world) erase(of string) error {
	_, err := identityv1.NewTenantServiceClient(w.internal).DeleteTenant(w.t.Context(), &identityv1.DeleteTenantRequest{Id: of})
	if err != nil {
		return err
	}
	_, err = operationsv1.NewTenantDataServiceClient(w.internal).DeleteTenantData(w.t.Context(), &operationsv1.DeleteTenantDataRequest{
		Service: useradmin.Name, Tenant: of,
	})
	return err
}

func TestTenantsThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "ann", Password: goodPassword})
	w.storage(&useradminv1.AddObjectStorageRequest{Tenant: rival, Region: "EU", S3Url: "https://s3.example.com", Driver: "record"})
	if err := w.erase(rival); err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{"nobody", rival} {
		for name, call := range w.operatorCalls(of) {
			t.Run(name+" of "+of, func(t *testing.T) { expect(t, call(t.Context()), codes.NotFound) })
		}
	}
	if records := w.records("nobody"); len(records) != 0 {
		t.Errorf("of a tenant that is not there %v is on record", records)
	}
}

// A tenant that is being deleted is not there any more, though its data is.
func TestTenantBeingDeleted(t *testing.T) {
	w := newWorldWith(t, func(d *useradmin.Deps) { d.Tenants = deleting{d.Tenants} })
	for name, call := range w.operatorCalls(acme) {
		t.Run(name, func(t *testing.T) { expect(t, call(t.Context()), codes.NotFound) })
	}
}

// deleting has every tenant in deletion.
type deleting struct{ identityv1.TenantServiceClient }

func (d deleting) GetTenant(ctx context.Context, r *identityv1.GetTenantRequest, opts ...grpc.CallOption) (*identityv1.GetTenantResponse, error) {
	answer, err := d.TenantServiceClient.GetTenant(ctx, r, opts...)
	if err == nil {
		answer.Tenant.Deleting = true
	}
	return answer, err
}
