package useradmin_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// calls are of methods, by the permission they want.
type calls map[string][]func(context.Context) error

func userCalls(w *world) calls {
	return calls{
		"users.read": {
			func(ctx context.Context) error {
				_, err := w.users.ListUsers(ctx, &useradminv1.ListUsersRequest{})
				return err
			},
			func(ctx context.Context) error {
				_, err := w.users.GetUser(ctx, &useradminv1.GetUserRequest{UserId: "ann"})
				return err
			},
			func(ctx context.Context) error {
				_, err := w.users.IsPasswordSet(ctx, &useradminv1.IsPasswordSetRequest{UserId: "ann"})
				return err
			},
		},
		"users.create": {func(ctx context.Context) error {
			_, err := w.users.CreateUser(ctx, &useradminv1.CreateUserRequest{Email: "ann@example.com", Locale: "en"})
			return err
		}},
		"users.update": {
			func(ctx context.Context) error {
				return w.update(ctx, &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("Ann")})
			},
			func(ctx context.Context) error {
				_, err := w.users.ResetPassword(ctx, &useradminv1.ResetPasswordRequest{UserId: "ann"})
				return err
			},
			func(ctx context.Context) error {
				_, err := w.users.ResendEmailVerification(ctx, &useradminv1.ResendEmailVerificationRequest{UserId: "ann"})
				return err
			},
		},
		"users.delete": {func(ctx context.Context) error {
			_, err := w.users.DeleteUser(ctx, &useradminv1.DeleteUserRequest{UserId: "nobody"})
			return err
		}},
	}
}

func roleCalls(w *world) calls {
	return calls{
		"roles.read": {
			func(ctx context.Context) error {
				_, err := w.roles.ListRoles(ctx, &useradminv1.ListRolesRequest{})
				return err
			},
			func(ctx context.Context) error {
				_, err := w.roles.GetRole(ctx, &useradminv1.GetRoleRequest{RoleId: 1})
				return err
			},
			func(ctx context.Context) error {
				_, err := w.roles.ListApiPermissions(ctx, &useradminv1.ListApiPermissionsRequest{})
				return err
			},
		},
		"roles.create": {func(ctx context.Context) error {
			_, err := w.roles.CreateRole(ctx, &useradminv1.CreateRoleRequest{Name: "x"})
			return err
		}},
		"roles.update": {func(ctx context.Context) error {
			_, err := w.roles.UpdateRole(ctx, &useradminv1.UpdateRoleRequest{RoleId: 1000, Name: "x"})
			return err
		}},
		"roles.delete": {func(ctx context.Context) error {
			_, err := w.roles.DeleteRole(ctx, &useradminv1.DeleteRoleRequest{RoleId: 1000})
			return err
		}},
	}
}

// Each method opens to its own permission, or to everything, and to no other.
func TestMethodsWantTheirPermission(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.user("ann")
	all := userCalls(w)
	maps.Copy(all, roleCalls(w))
	for permission, calls := range all {
		t.Run(permission, func(t *testing.T) {
			others := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == permission || word == "useradmin.everything" })
			for _, call := range calls {
				expect(t, call(w.rootKey(acme, append(others, "roles.audits.read", "*")...)), codes.PermissionDenied)
				expect(t, call(w.as("unknown")), codes.Unauthenticated)
				expect(t, call(w.keystone(acme, "ann")), codes.Unauthenticated)
				for _, enough := range []string{permission, "useradmin.everything"} {
					if err := call(w.rootKey(acme, enough)); err != nil && fault.From(err).Code == codes.PermissionDenied {
						t.Errorf("with %s: %v", enough, err)
					}
				}
			}
		})
	}
}
