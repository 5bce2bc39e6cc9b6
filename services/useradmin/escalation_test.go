package useradmin_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

// office is a tenant with an owner, a chief who may do everything, a clerk who keeps users
// and roles, a keeper of the client, a user of OpenStack's, and one who may do nothing.
type office struct {
	*world
	clerks, keepers, readers int64
}

func newOffice(t *testing.T) office {
	w := newIdleWorld(t, nil)
	o := office{world: w}
	o.clerks = w.role("clerks", grant("/v1/users", "CREATE", "READ", "UPDATE", "DELETE"), grant("/v1/roles", "CREATE", "READ", "UPDATE", "DELETE"))
	o.keepers = w.role("keepers", grant("/v1/users/client", "READ", "UPDATE"))
	o.readers = w.role("readers", grant("/v1/users", "READ"))
	w.add(&useradminv1.AddUserRequest{Id: "owner", Owner: true})
	w.user("chief", 1)
	w.user("clerk", o.clerks)
	w.user("keeper", o.keepers, o.readers)
	w.user("plain")
	w.add(&useradminv1.AddUserRequest{Id: "stack", OpenstackRoles: []string{"creator"}})
	w.add(&useradminv1.AddUserRequest{Id: "sleeper", Roles: []int64{1}, Disabled: true})
	return o
}

// picture is all that an attack could change.
func (o office) picture() []proto.Message {
	var all []proto.Message
	for _, u := range rows[*storev1.User](o.world, table.Of(acme)) {
		all = append(all, u)
	}
	for _, r := range rows[*storev1.UserRole](o.world, table.Of(acme)) {
		all = append(all, r)
	}
	for _, m := range rows[*storev1.OutboxMessage](o.world, table.Global) {
		all = append(all, m)
	}
	return all
}

// attack is what somebody tries who may not.
type attack struct {
	name string
	by   string // a user, or one of the root keys
	call func(o office, ctx context.Context) error
}

// root keys that attack, by what they may do.
var attackers = map[string][]string{
	"a key for users":              {"users.create", "users.read", "users.update", "users.delete"},
	"a key for roles":              {"roles.create", "roles.read", "roles.update", "roles.delete"},
	"a key for all there is":       everything,
	"a key for everything":         {"useradmin.everything"},
	"a key for all of Unkey's API": {"*"},
}

func TestAttacksAreRefusedAndLeaveNoTrace(t *testing.T) {
	o := newOffice(t)
	for _, a := range attacks() {
		t.Run(a.by+" "+a.name, func(t *testing.T) {
			before := o.picture()
			permissions, isKey := attackers[a.by]
			var ctx context.Context
			if isKey {
				ctx = o.rootKey(acme, permissions...)
			} else {
				ctx = o.contabo(acme, a.by)
			}
			expect(t, a.call(o, ctx), codes.PermissionDenied)
			if diff := cmp.Diff(before, o.picture(), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func attacks() []attack {
	var all []attack
	all = append(all, attacksByGiving()...)
	for by, above := range map[string][]string{
		"clerk":           {"owner", "chief", "sleeper", "keeper", "stack"},
		"a key for users": {"owner", "chief", "sleeper", "keeper", "stack"},
		// Roles at OpenStack's services are none of this service's.
		"chief":                        {"owner", "stack"},
		"a key for everything":         {"owner", "stack"},
		"a key for all there is":       {"owner"},
		"plain":                        {"owner", "keeper", "clerk"},
		"keeper":                       {"owner", "plain"},
		"a key for all of Unkey's API": {"plain"},
	} {
		for _, user := range above {
			all = append(all, attacksOn(by, user)...)
		}
	}
	return append(append(all, attacksOnOneself()...), attacksOnRoles()...)
}

func updating(name, by string, r *useradminv1.UpdateUserRequest, mask ...string) attack {
	return attack{name, by, func(o office, ctx context.Context) error { return o.update(ctx, proto.CloneOf(r), mask...) }}
}

// attacksByGiving are by those who give more than they have.
func attacksByGiving() (all []attack) {
	for _, by := range []string{"clerk", "a key for users"} {
		for name, r := range map[string]*useradminv1.CreateUserRequest{
			"makes a user who may do everything, by flag": {Admin: true},
			"makes a user who may do everything, by role": {Roles: []int64{1}},
			"makes a user who reaches all resources":      {AccessAllResources: true},
			"hides a strong role among repeats":           {Roles: []int64{3, 1, 3}},
		} {
			all = append(all, attack{name, by, func(o office, ctx context.Context) error {
				r := proto.CloneOf(r)
				r.Email, r.Locale = "puppet@example.com", "en"
				_, err := o.users.CreateUser(ctx, r)
				return err
			}})
		}
		all = append(all,
			updating("gives everything to another", by, &useradminv1.UpdateUserRequest{UserId: "plain", Roles: []int64{1}}),
			updating("gives a default role above", by, &useradminv1.UpdateUserRequest{UserId: "plain", Roles: []int64{4}}),
			attack{"gives a role of the tenant's above", by, func(o office, ctx context.Context) error {
				return o.update(ctx, &useradminv1.UpdateUserRequest{UserId: "plain", Roles: []int64{o.keepers}})
			}},
			attack{"gives one below and one above", by, func(o office, ctx context.Context) error {
				return o.update(ctx, &useradminv1.UpdateUserRequest{UserId: "plain", Roles: []int64{o.readers, o.keepers}})
			}},
			attack{"gives one above and one below", by, func(o office, ctx context.Context) error {
				return o.update(ctx, &useradminv1.UpdateUserRequest{UserId: "plain", Roles: []int64{o.keepers, o.readers}})
			}})
	}
	return all
}

// attacksOn are what a caller could do to a user above, or without the permission.
func attacksOn(by, user string) []attack {
	return []attack{
		updating("renames "+user, by, &useradminv1.UpdateUserRequest{UserId: user, FirstName: proto.String("X")}),
		updating("redirects the mail of "+user, by, &useradminv1.UpdateUserRequest{UserId: user, Email: proto.String("x@example.com")}),
		updating("disables "+user, by, &useradminv1.UpdateUserRequest{UserId: user, Enabled: proto.Bool(false)}),
		updating("enables "+user, by, &useradminv1.UpdateUserRequest{UserId: user, Enabled: proto.Bool(true)}),
		updating("switches the second factor off for "+user, by, &useradminv1.UpdateUserRequest{UserId: user, Totp: proto.Bool(false)}),
		updating("changes nothing of "+user, by, &useradminv1.UpdateUserRequest{UserId: user}, "user_id"),
		updating("strips "+user, by, &useradminv1.UpdateUserRequest{UserId: user}, "roles"),
		{"deletes " + user, by, func(o office, ctx context.Context) error {
			_, err := o.users.DeleteUser(ctx, &useradminv1.DeleteUserRequest{UserId: user})
			return err
		}},
		{"resets the password of " + user, by, func(o office, ctx context.Context) error {
			_, err := o.users.ResetPassword(ctx, &useradminv1.ResetPasswordRequest{UserId: user})
			return err
		}},
		{"resends the verification to " + user, by, func(o office, ctx context.Context) error {
			_, err := o.users.ResendEmailVerification(ctx, &useradminv1.ResendEmailVerificationRequest{UserId: user})
			return err
		}},
	}
}

// attacksOnOneself are by users who want to be more, or owners who are tricked.
func attacksOnOneself() (all []attack) {
	for _, by := range []string{"owner", "chief", "clerk", "plain"} {
		all = append(all,
			updating("takes a role", by, &useradminv1.UpdateUserRequest{UserId: by, Roles: []int64{1}}),
			updating("takes a weak role", by, &useradminv1.UpdateUserRequest{UserId: by, Roles: []int64{3}}),
			updating("drops the own roles", by, &useradminv1.UpdateUserRequest{UserId: by}, "roles"),
			updating("hides a role among names", by, &useradminv1.UpdateUserRequest{UserId: by, FirstName: proto.String("X"), Roles: []int64{1}}),
		)
	}
	for _, by := range []string{"plain", "keeper"} {
		all = append(all,
			updating("switches the own second factor", by, &useradminv1.UpdateUserRequest{UserId: by, Totp: proto.Bool(true)}),
			updating("disables itself", by, &useradminv1.UpdateUserRequest{UserId: by, Enabled: proto.Bool(false)}),
			attack{"deletes itself", by, func(o office, ctx context.Context) error {
				_, err := o.users.DeleteUser(ctx, &useradminv1.DeleteUserRequest{UserId: by})
				return err
			}})
	}
	return append(all,
		updating("disables itself", "owner", &useradminv1.UpdateUserRequest{UserId: "owner", Enabled: proto.Bool(false)}),
		attack{"deletes itself", "owner", func(o office, ctx context.Context) error {
			_, err := o.users.DeleteUser(ctx, &useradminv1.DeleteUserRequest{UserId: "owner"})
			return err
		}})
}

// attacksOnRoles are by those who shape roles above them.
func attacksOnRoles() (all []attack) {
	client := grant("/v1/users/client", "READ")
	for _, by := range []string{"clerk", "a key for roles"} {
		for name, r := range map[string]*useradminv1.CreateRoleRequest{
			"makes a role for everything":     {Name: "x", Admin: true},
			"makes a role above":              {Name: "x", Permissions: []*useradminv1.RoleGrant{client}},
			"makes a role above by its reach": {Name: "x", AccessAllResources: true, Permissions: []*useradminv1.RoleGrant{{ApiName: client.GetApiName(), Actions: client.GetActions(), Resources: []int64{1}}}},
		} {
			all = append(all, attack{name, by, func(o office, ctx context.Context) error {
				_, err := o.roles.CreateRole(ctx, r)
				return err
			}})
		}
		all = append(all,
			shaping("widens a role below", by, func(o office) int64 { return o.readers }, &useradminv1.UpdateRoleRequest{Name: "readers", Permissions: []*useradminv1.RoleGrant{client}}),
			shaping("makes a role below admin", by, func(o office) int64 { return o.readers }, &useradminv1.UpdateRoleRequest{Name: "readers", Admin: true}),
			shaping("widens its own role", by, func(o office) int64 { return o.clerks }, &useradminv1.UpdateRoleRequest{Name: "clerks", Permissions: []*useradminv1.RoleGrant{client}}),
			shaping("narrows a role above", by, func(o office) int64 { return o.keepers }, &useradminv1.UpdateRoleRequest{Name: "keepers"}),
			shaping("renames a role above", by, func(o office) int64 { return o.keepers }, &useradminv1.UpdateRoleRequest{Name: "x", Permissions: []*useradminv1.RoleGrant{grant("/v1/users/client", "READ", "UPDATE")}}),
			attack{"deletes a role above", by, func(o office, ctx context.Context) error {
				_, err := o.roles.DeleteRole(ctx, &useradminv1.DeleteRoleRequest{RoleId: o.keepers})
				return err
			}})
	}
	return append(all,
		shaping("changes a default role", "owner", func(office) int64 { return 1 }, &useradminv1.UpdateRoleRequest{Name: "x"}),
		attack{"deletes a default role", "owner", func(o office, ctx context.Context) error {
			_, err := o.roles.DeleteRole(ctx, &useradminv1.DeleteRoleRequest{RoleId: 4})
			return err
		}})
}

func shaping(name, by string, role func(office) int64, r *useradminv1.UpdateRoleRequest) attack {
	return attack{name, by, func(o office, ctx context.Context) error {
		r := proto.CloneOf(r)
		r.RoleId = role(o)
		_, err := o.roles.UpdateRole(ctx, r)
		return err
	}}
}
