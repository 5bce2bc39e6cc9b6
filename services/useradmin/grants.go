package useradmin

import (
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// role returns a default role or one of the tenant's, or kv.ErrNotFound.
func (t *tables) role(tx kv.Reader, of tenant.ID, id int64) (*storev1.UserRole, error) {
	if role := defaultRole(id); role != nil {
		return role, nil
	}
	return t.roles.Get(tx, scope(of), uint64(id))
}

// granted are the permissions of a role.
func granted(role *storev1.UserRole) []string {
	if role.GetAdmin() {
		return []string{string(permEverything)}
	}
	var all []string
	for _, g := range role.GetGrants() {
		if len(g.GetResources()) > 0 && !role.GetAccessAllResources() {
			continue // nothing here has tags, so nothing fits
		}
		for _, action := range g.GetActions() {
			all = append(all, permissionFor(g.GetApiName(), action))
		}
	}
	return all
}

// permissionFor is the permission that an action on an API stands for: users.read for READ
// on /v1/users.
func permissionFor(api, action string) string {
	path := strings.ReplaceAll(strings.TrimPrefix(api, "/v1/"), "/", ".")
	return path + "." + strings.ToLower(action)
}
