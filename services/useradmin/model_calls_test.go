package useradmin_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// first returns the code of the first reason that holds, else OK.
func first(reasons ...any) codes.Code {
	for i := 0; i < len(reasons); i += 2 {
		if reasons[i].(bool) {
			return reasons[i+1].(codes.Code)
		}
	}
	return codes.OK
}

// given draws roles to give, and tells what they grant and whether one is unknown.
func (m *model) given(t *rapid.T) (roles []int64, grants set, unknown bool) {
	known := slices.Sorted(maps.Keys(m.roles))
	roles = rapid.SliceOfNDistinct(rapid.SampledFrom(append(known, 999)), 0, 3, rapid.ID).Draw(t, "roles")
	grants = set{}
	for _, role := range roles {
		maps.Copy(grants, m.roles[role])
	}
	return roles, grants, slices.Contains(roles, 999)
}

// someone draws a user, or nobody.
func (m *model) someone(t *rapid.T) (string, *person) {
	id := rapid.SampledFrom(append(m.ids(), "nobody")).Draw(t, "user")
	return id, m.people[id]
}

// beyond tells whether the caller may not touch a user.
func (m *model) beyond(c caller, id string, p *person) bool {
	return p != nil && id != c.self && (p.owner || c.above(m.permissions(p)))
}

func (m *model) createUser(t *rapid.T) {
	if len(m.people) > 7 {
		t.Skip("enough users")
	}
	c := m.call(t)
	roles, grants, unknown := m.given(t)
	admin := rapid.Bool().Draw(t, "admin")
	if admin {
		maps.Copy(grants, m.roles[1])
	}
	m.made++
	made, err := m.w.users.CreateUser(c.ctx, &useradminv1.CreateUserRequest{
		Email: fmt.Sprintf("m%d@example.com", m.made), Enabled: true, Locale: "en", Roles: roles, Admin: admin,
	})
	outcome(t, err, first(!c.can("users.create"), codes.PermissionDenied, unknown, codes.InvalidArgument, c.above(grants), codes.PermissionDenied))
	if err != nil {
		return
	}
	if admin && !slices.Contains(roles, 1) {
		roles = append(roles, 1)
	}
	m.people[made.GetUserId()] = &person{roles: roles, enabled: true}
}

func (m *model) updateUser(t *rapid.T) {
	c := m.call(t)
	id, p := m.someone(t)
	self := id == c.self
	mask := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"roles", "enabled", "first_name", "totp"}), 1, 4, rapid.ID).Draw(t, "mask")
	r := &useradminv1.UpdateUserRequest{UserId: id}
	var grants set
	var unknown bool
	for _, name := range mask {
		switch name {
		case "roles":
			r.Roles, grants, unknown = m.given(t)
		case "enabled":
			r.Enabled = proto.Bool(rapid.Bool().Draw(t, "enabled"))
		case "first_name":
			r.FirstName = proto.String("X")
		case "totp":
			r.Totp = proto.Bool(rapid.Bool().Draw(t, "totp"))
		}
	}
	gives := slices.Contains(mask, "roles") && p != nil && !slices.Equal(r.GetRoles(), p.roles)
	onlyOwn := slices.Equal(mask, []string{"first_name"})
	err := m.w.update(c.ctx, r, mask...)
	outcome(t, err, first(
		!self && !c.can("users.update"), codes.PermissionDenied,
		self && slices.Contains(mask, "roles"), codes.PermissionDenied,
		self && !onlyOwn && !c.can("users.update"), codes.PermissionDenied,
		p == nil, codes.NotFound,
		m.beyond(c, id, p), codes.PermissionDenied,
		p != nil && p.owner && r.Enabled != nil && !r.GetEnabled(), codes.PermissionDenied,
		gives && unknown, codes.InvalidArgument,
		gives && c.above(grants), codes.PermissionDenied))
	if err != nil {
		return
	}
	if slices.Contains(mask, "roles") {
		p.roles = r.GetRoles()
	}
	if r.Enabled != nil {
		p.enabled = r.GetEnabled()
	}
}

func (m *model) deleteUser(t *rapid.T) {
	c := m.call(t)
	id, p := m.someone(t)
	_, err := m.w.users.DeleteUser(c.ctx, &useradminv1.DeleteUserRequest{UserId: id})
	outcome(t, err, first(!c.can("users.delete"), codes.PermissionDenied, p == nil, codes.NotFound,
		m.beyond(c, id, p) || p != nil && p.owner, codes.PermissionDenied))
	if err == nil {
		delete(m.people, id)
	}
}

func (m *model) resetPassword(t *rapid.T) {
	c := m.call(t)
	id, p := m.someone(t)
	_, err := m.w.users.ResetPassword(c.ctx, &useradminv1.ResetPasswordRequest{UserId: id})
	outcome(t, err, first(id != c.self && !c.can("users.update"), codes.PermissionDenied, p == nil, codes.NotFound, m.beyond(c, id, p), codes.PermissionDenied))
}

// shape draws what a role is to grant.
func (m *model) shape(t *rapid.T) (admin bool, asked []*useradminv1.RoleGrant, grants set) {
	if rapid.IntRange(0, 9).Draw(t, "admin") == 0 {
		return true, nil, setOf("useradmin.everything")
	}
	grants = set{}
	for _, perm := range rapid.SliceOfNDistinct(rapid.SampledFrom(words[:9]), 0, 5, rapid.ID).Draw(t, "grants") {
		grants[perm] = true
		api, action := perm[:strings.LastIndex(perm, ".")], perm[strings.LastIndex(perm, ".")+1:]
		asked = append(asked, grant("/v1/"+strings.ReplaceAll(api, ".", "/"), strings.ToUpper(action)))
	}
	return false, asked, grants
}

func (m *model) createRole(t *rapid.T) {
	if len(m.roles) > 7 {
		t.Skip("enough roles")
	}
	c := m.call(t)
	admin, asked, grants := m.shape(t)
	made, err := m.w.roles.CreateRole(c.ctx, &useradminv1.CreateRoleRequest{Name: "x", Admin: admin, Permissions: asked})
	outcome(t, err, first(!c.can("roles.create"), codes.PermissionDenied, c.above(grants), codes.PermissionDenied))
	if err == nil {
		m.roles[made.GetRoleId()] = grants
	}
}

// anyRole draws a role, or none.
func (m *model) anyRole(t *rapid.T) (int64, bool) {
	known := slices.Sorted(maps.Keys(m.roles))
	i := rapid.IntRange(0, len(known)).Draw(t, "role") // by place: ids differ from run to run
	if i == len(known) {
		return 999, false
	}
	return known[i], true
}

func (m *model) updateRole(t *rapid.T) {
	c := m.call(t)
	role, ok := m.anyRole(t)
	admin, asked, grants := m.shape(t)
	_, err := m.w.roles.UpdateRole(c.ctx, &useradminv1.UpdateRoleRequest{RoleId: role, Name: "x", Admin: admin, Permissions: asked})
	outcome(t, err, first(!c.can("roles.update"), codes.PermissionDenied, role <= 4, codes.PermissionDenied, !ok, codes.NotFound,
		c.above(m.roles[role]) || c.above(grants), codes.PermissionDenied))
	if err == nil {
		m.roles[role] = grants
	}
}

func (m *model) deleteRole(t *rapid.T) {
	c := m.call(t)
	role, ok := m.anyRole(t)
	_, err := m.w.roles.DeleteRole(c.ctx, &useradminv1.DeleteRoleRequest{RoleId: role})
	held := slices.ContainsFunc(m.ids(), func(id string) bool { return slices.Contains(m.people[id].roles, role) })
	outcome(t, err, first(!c.can("roles.delete"), codes.PermissionDenied, role <= 4, codes.PermissionDenied, !ok, codes.NotFound,
		c.above(m.roles[role]), codes.PermissionDenied, held, codes.AlreadyExists))
	if err == nil {
		delete(m.roles, role)
	}
}
