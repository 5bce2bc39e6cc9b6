package contabo_test

import (
	"context"
	"slices"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
)

// users is a user service that knows ann, who owns everything.
type users struct {
	useradminv1.UnimplementedUserServiceServer
}

func known(id string) error {
	if id != annID {
		return fault.NotFound("USER_NOT_FOUND", "there is no user %s", id)
	}
	return nil
}

func taken(email string) error {
	if email == "ann@example.com" {
		return fault.AlreadyExists("USER_EXISTS", "a user with this email already exists")
	}
	return nil
}

// mailed refuses addresses that mails may not lead to, and mails at all for one of them.
func mailed(id, redirect string) error {
	switch redirect {
	case "https://evil.example":
		return fault.InvalidArgument("REDIRECT_REFUSED", "redirectUrl is not on the list of your customer")
	case "https://nomail.example":
		return fault.FailedPrecondition("MAIL_UNAVAILABLE", "mails can't be sent here: the operator has set up no mail server")
	}
	return known(id)
}

func ann() *useradminv1.User {
	return &useradminv1.User{
		TenantId: tenantID, CustomerId: customer, UserId: annID, FirstName: "Ann", LastName: "-", Email: "ann@example.com",
		Enabled: true, Owner: true, Locale: "en", Roles: []*useradminv1.Role{technician()},
	}
}

func (users) ListUsers(_ context.Context, r *useradminv1.ListUsersRequest) (*useradminv1.ListUsersResponse, error) {
	a := &useradminv1.ListUsersResponse{Page: pageOf(r)}
	if slices.Equal(r.GetOrderBy(), []string{"email:ASC", "timestamp:desc"}) || r.GetOwner() {
		a.Users = append(a.Users, ann())
	}
	return a, nil
}

func (users) CreateUser(ctx context.Context, r *useradminv1.CreateUserRequest) (*useradminv1.CreateUserResponse, error) {
	if _, err := auth.Require(ctx, "users.create"); err != nil {
		return nil, err
	}
	if err := taken(r.GetEmail()); err != nil {
		return nil, err
	}
	return &useradminv1.CreateUserResponse{TenantId: tenantID, CustomerId: customer, UserId: "0b3c2f9e-52c5-4b9f-8f3e-2d5f5f0c7f11"}, nil
}

func (users) GetUser(_ context.Context, r *useradminv1.GetUserRequest) (*useradminv1.GetUserResponse, error) {
	return &useradminv1.GetUserResponse{User: ann()}, known(r.GetUserId())
}

func (users) UpdateUser(_ context.Context, r *useradminv1.UpdateUserRequest) (*useradminv1.UpdateUserResponse, error) {
	if slices.Contains(r.GetUpdateMask().GetPaths(), "enabled") && !r.GetEnabled() {
		return nil, fault.PermissionDenied("OWNER_PROTECTED", "the owner can't be disabled")
	}
	if err := taken(r.GetEmail()); err != nil {
		return nil, err
	}
	return &useradminv1.UpdateUserResponse{}, known(r.GetUserId())
}

func (users) DeleteUser(_ context.Context, r *useradminv1.DeleteUserRequest) (*useradminv1.DeleteUserResponse, error) {
	return &useradminv1.DeleteUserResponse{}, known(r.GetUserId())
}

func (users) ResetPassword(_ context.Context, r *useradminv1.ResetPasswordRequest) (*useradminv1.ResetPasswordResponse, error) {
	return &useradminv1.ResetPasswordResponse{}, mailed(r.GetUserId(), r.GetRedirectUrl())
}

func (users) ResendEmailVerification(_ context.Context, r *useradminv1.ResendEmailVerificationRequest) (*useradminv1.ResendEmailVerificationResponse, error) {
	return &useradminv1.ResendEmailVerificationResponse{}, mailed(r.GetUserId(), r.GetRedirectUrl())
}

func (users) IsPasswordSet(_ context.Context, r *useradminv1.IsPasswordSetRequest) (*useradminv1.IsPasswordSetResponse, error) {
	if r.GetUserId() != "" && r.GetUserId() != annID {
		return nil, known(r.GetUserId())
	}
	return &useradminv1.IsPasswordSetResponse{TenantId: tenantID, CustomerId: customer}, nil
}

type clients struct {
	useradminv1.UnimplementedClientServiceServer
}

func (clients) GetClient(context.Context, *useradminv1.GetClientRequest) (*useradminv1.GetClientResponse, error) {
	return &useradminv1.GetClientResponse{
		TenantId: tenantID, CustomerId: customer, Id: "ed6bd3c2-7a2c-4d59-b7b4-1f4dcd3ca6c1",
		ClientId: "DE-54321", Secret: "a1b2c3d4-52c5-4b9f-8f3e-2d5f5f0c7f11",
	}, nil
}

func (clients) GenerateClientSecret(context.Context, *useradminv1.GenerateClientSecretRequest) (*useradminv1.GenerateClientSecretResponse, error) {
	return &useradminv1.GenerateClientSecretResponse{TenantId: tenantID, CustomerId: customer, Secret: "b2c3d4e5-52c5-4b9f-8f3e-2d5f5f0c7f11"}, nil
}
