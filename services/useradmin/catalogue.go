package useradmin

import (
	"slices"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

const reasonGrantUnknown = "API_UNKNOWN"

// catalogue is what roles can grant, in the order it is listed in.
var catalogue = []*useradminv1.ApiPermission{
	{ApiName: "/v1/users", Actions: []string{"CREATE", "READ", "UPDATE", "DELETE"}},
	{ApiName: "/v1/users/audits", Actions: []string{"READ"}},
	{ApiName: "/v1/users/client", Actions: []string{"READ", "UPDATE"}},
	{ApiName: "/v1/users/object-storages/credentials", Actions: []string{"READ", "UPDATE"}},
	{ApiName: "/v1/object-storages", Actions: []string{"READ"}},
	{ApiName: "/v1/roles", Actions: []string{"CREATE", "READ", "UPDATE", "DELETE"}},
	{ApiName: "/v1/roles/audits", Actions: []string{"READ"}},
}

// isOurs tells this service's permissions from those of OpenStack's roles.
func isOurs(perm string) bool {
	return perm == string(permEverything) || slices.ContainsFunc(catalogue, func(api *useradminv1.ApiPermission) bool {
		return slices.ContainsFunc(api.GetActions(), func(action string) bool { return permissionFor(api.GetApiName(), action) == perm })
	})
}

// newGrants reads what a role is to be allowed. All of it must be in the catalogue.
func newGrants(asked []*useradminv1.RoleGrant) ([]*storev1.UserRoleGrant, error) {
	var grants []*storev1.UserRoleGrant
	for i, g := range asked {
		known := apiNamed(g.GetApiName())
		if known == nil {
			return nil, fault.InvalidArgument(reasonGrantUnknown, "permissions[%d]: there is no API %q; there are %s", i, g.GetApiName(), apiNames())
		}
		grant := &storev1.UserRoleGrant{ApiName: g.GetApiName(), Resources: distinct(g.GetResources())}
		for _, action := range g.GetActions() {
			if !slices.Contains(known.GetActions(), action) {
				return nil, fault.InvalidArgument(reasonGrantUnknown, "permissions[%d]: %s does not know %s, but %s",
					i, known.GetApiName(), action, strings.Join(known.GetActions(), ", "))
			}
			if !slices.Contains(grant.Actions, action) {
				grant.Actions = append(grant.Actions, action)
			}
		}
		grants = append(grants, grant)
	}
	return grants, nil
}

// apiNamed returns an API of the catalogue; nil when it has none of that name.
func apiNamed(name string) *useradminv1.ApiPermission {
	for _, api := range catalogue {
		if api.GetApiName() == name {
			return api
		}
	}
	return nil
}

func apiNames() string {
	var names []string
	for _, api := range catalogue {
		names = append(names, api.GetApiName())
	}
	return strings.Join(names, ", ")
}
