package useradmin

import storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"

// Ids of the default roles, the same for every tenant. Tenants' own begin at firstRoleID.
const (
	roleFullAccess            = 1
	roleTechnician            = 2
	roleObjectStorage         = 3
	roleObjectStorageRW       = 4
	firstRoleID               = 1000
	maxRoleID           int64 = 1<<24 - 1
)

// defaultRoles are those of Contabo's control panel that mean something here. Nobody
// changes them.
var defaultRoles = []*storev1.UserRole{
	{Id: roleFullAccess, Name: "Full Access", Admin: true, AccessAllResources: true},
	{Id: roleTechnician, Name: "Technician", AccessAllResources: true, Grants: []*storev1.UserRoleGrant{
		{ApiName: "/v1/users", Actions: []string{"READ"}},
		{ApiName: "/v1/roles", Actions: []string{"READ"}},
		{ApiName: "/v1/object-storages", Actions: []string{"READ"}},
		{ApiName: "/v1/users/object-storages/credentials", Actions: []string{"READ", "UPDATE"}},
	}},
	{Id: roleObjectStorage, Name: "Object Storage", Grants: []*storev1.UserRoleGrant{
		{ApiName: "/v1/object-storages", Actions: []string{"READ"}},
	}},
	{Id: roleObjectStorageRW, Name: "Object Storage r/w", Grants: []*storev1.UserRoleGrant{
		{ApiName: "/v1/object-storages", Actions: []string{"READ"}},
		{ApiName: "/v1/users/object-storages/credentials", Actions: []string{"READ", "UPDATE"}},
	}},
}

// defaultRole returns the default role of an id; nil when it is none.
func defaultRole(id int64) *storev1.UserRole {
	for _, role := range defaultRoles {
		if role.GetId() == id {
			return role
		}
	}
	return nil
}
