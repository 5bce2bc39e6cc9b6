package useradmin

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// viewer shows a tenant's users and roles. It reads the account once, and each role once.
type viewer struct {
	account *storev1.Account
	role    func(id int64) (*storev1.UserRole, error)
}

// viewer returns one for the time of a transaction.
func (t *tables) viewer(tx kv.Reader, of tenant.ID) (viewer, error) {
	account, err := t.accountShown(tx, of)
	known := map[int64]*storev1.UserRole{}
	return viewer{account: account, role: func(id int64) (*storev1.UserRole, error) {
		if role, ok := known[id]; ok {
			return role, nil
		}
		role, err := t.role(tx, of, id)
		if err == nil {
			known[id] = role
		}
		return role, err
	}}, err
}

// user shows a user. Clients choke on names that are empty.
func (v viewer) user(u *storev1.User) (*useradminv1.User, error) {
	m := &useradminv1.User{
		TenantId: v.account.GetTenantId(), CustomerId: v.account.GetCustomerId(), UserId: u.GetId(),
		FirstName: shownFirst(u), LastName: shownLast(u), Email: u.GetEmail(), EmailVerified: u.GetEmailVerified(),
		Enabled: u.GetEnabled(), Totp: u.GetTotp(), Owner: u.GetOwner(), Locale: u.GetLocale(),
	}
	for _, id := range u.GetRoles() {
		role, err := v.role(id)
		if errors.Is(err, kv.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		m.Roles = append(m.Roles, v.show(role))
	}
	return m, nil
}

func shownFirst(u *storev1.User) string {
	local, _, _ := strings.Cut(u.GetEmail(), "@")
	return cmp.Or(u.GetFirstName(), local)
}

func shownLast(u *storev1.User) string { return cmp.Or(u.GetLastName(), "-") }

// show shows a role. Tags have no names here; clients want one.
func (v viewer) show(role *storev1.UserRole) *useradminv1.Role {
	m := &useradminv1.Role{
		RoleId: role.GetId(), TenantId: v.account.GetTenantId(), CustomerId: v.account.GetCustomerId(), Name: role.GetName(),
		Admin: role.GetAdmin(), AccessAllResources: role.GetAccessAllResources(), Type: roleType(role),
	}
	for _, g := range role.GetGrants() {
		permission := &useradminv1.RolePermission{ApiName: g.GetApiName(), Actions: g.GetActions()}
		for _, tag := range g.GetResources() {
			permission.Resources = append(permission.Resources, &useradminv1.RoleResource{TagId: tag, TagName: strconv.FormatInt(tag, 10)})
		}
		m.Permissions = append(m.Permissions, permission)
	}
	return m
}

func roleType(role *storev1.UserRole) string {
	if defaultRole(role.GetId()) != nil {
		return "default"
	}
	return "custom"
}

// userOrder is what users can be ordered by: all that is shown of them and differs.
var userOrder = fields[*storev1.User]{
	"userId":        byText((*storev1.User).GetId),
	"firstName":     byText(shownFirst),
	"lastName":      byText(shownLast),
	"email":         byText((*storev1.User).GetEmail),
	"emailVerified": byFlag((*storev1.User).GetEmailVerified),
	"enabled":       byFlag((*storev1.User).GetEnabled),
	"totp":          byFlag((*storev1.User).GetTotp),
	"owner":         byFlag((*storev1.User).GetOwner),
	"locale":        byText((*storev1.User).GetLocale),
	"roles":         func(a, b *storev1.User) int { return slices.Compare(a.GetRoles(), b.GetRoles()) },
}

// roleOrder is what roles can be ordered by.
var roleOrder = fields[*storev1.UserRole]{
	"roleId":             func(a, b *storev1.UserRole) int { return cmp.Compare(a.GetId(), b.GetId()) },
	"name":               byText((*storev1.UserRole).GetName),
	"admin":              byFlag((*storev1.UserRole).GetAdmin),
	"accessAllResources": byFlag((*storev1.UserRole).GetAccessAllResources),
	"type":               byText(roleType),
	"permissions": func(a, b *storev1.UserRole) int {
		return slices.CompareFunc(a.GetGrants(), b.GetGrants(), func(a, b *storev1.UserRoleGrant) int {
			return cmp.Compare(a.GetApiName(), b.GetApiName())
		})
	},
}

// apiOrder is what the catalogue can be ordered by.
var apiOrder = fields[*useradminv1.ApiPermission]{
	"apiName": byText((*useradminv1.ApiPermission).GetApiName),
	"actions": func(a, b *useradminv1.ApiPermission) int { return slices.Compare(a.GetActions(), b.GetActions()) },
}
