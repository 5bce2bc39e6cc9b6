package useradmin

import (
	"context"
	"errors"
	"slices"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Permissions. Contabo names an API's path and an action; /v1/users and READ is users.read.
const (
	// permEverything opens the whole service. A role with admin grants it, and being owner.
	permEverything auth.Permission = "useradmin.everything"

	permReadUsers   auth.Permission = "users.read"
	permCreateUsers auth.Permission = "users.create"
	permUpdateUsers auth.Permission = "users.update"
	permDeleteUsers auth.Permission = "users.delete"

	permReadUserAudits auth.Permission = "users.audits.read"

	permReadClient   auth.Permission = "users.client.read"
	permUpdateClient auth.Permission = "users.client.update"

	permReadCredentials   auth.Permission = "users.object-storages.credentials.read"
	permUpdateCredentials auth.Permission = "users.object-storages.credentials.update"

	permReadStorages auth.Permission = "object-storages.read"

	permReadRoles   auth.Permission = "roles.read"
	permCreateRoles auth.Permission = "roles.create"
	permUpdateRoles auth.Permission = "roles.update"
	permDeleteRoles auth.Permission = "roles.delete"

	permReadRoleAudits auth.Permission = "roles.audits.read"

	// permAppCredentials every user has, for their own. Sessions of application credentials
	// are narrowed to less.
	permAppCredentials auth.Permission = "application-credentials.manage"
)

// openstackPrefix and a role's name are the permission that an OpenStack role is.
const openstackPrefix = "openstack."

// ownerRole is the owner's role at OpenStack's services.
const ownerRole = "admin"

// Permissions are those that open the whole service to a root key.
func Permissions() []string {
	return []string{string(permEverything), string(permAppCredentials)}
}

// require returns the caller when it may do what any of the permissions stands for.
func require(ctx context.Context, any ...auth.Permission) (*auth.Principal, error) {
	return auth.Require(ctx, append(any, permEverything)...)
}

// requireSelfOr lets users at what is their own, and others by permission.
func requireSelfOr(ctx context.Context, user string, perm auth.Permission) (*auth.Principal, error) {
	if self := selfOf(ctx); self != "" && self == user {
		return auth.From(ctx), nil
	}
	return require(ctx, perm)
}

// selfOf is the user who calls; empty for a root key.
func selfOf(ctx context.Context) string {
	if p := auth.From(ctx); isUser(p) {
		return p.Subject
	}
	return ""
}

// isUser tells users from root keys.
func isUser(p *auth.Principal) bool {
	return p.Tenant != tenant.None && (p.Kind == auth.KindSignedSession || p.Kind == auth.KindOpaqueSession)
}

// permissionsOf is what a user may do.
func (t *tables) permissionsOf(tx kv.Reader, u *storev1.User) ([]string, error) {
	all := []string{string(permAppCredentials)}
	if u.GetOwner() {
		all = append(all, string(permEverything), openstackPrefix+ownerRole)
	}
	for _, name := range u.GetOpenstackRoles() {
		all = append(all, openstackPrefix+name)
	}
	for _, id := range u.GetRoles() {
		role, err := t.role(tx, tenant.ID(u.GetTenant()), id)
		if errors.Is(err, kv.ErrNotFound) {
			continue // what is not there grants nothing
		}
		if err != nil {
			return nil, err
		}
		all = append(all, granted(role)...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// scope is where a tenant's rows are.
func scope(t tenant.ID) table.Scope { return table.Of(t) }
