package secretcontainer

import (
	"context"
	"slices"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Roles of both vocabularies that Barbican's policies know, as permissions: the one it began
// with (admin, creator, observer, audit, key-manager:service-admin) and OpenStack's common
// one (admin, member, reader). What either of them allows is allowed.
const (
	roleAdmin        auth.Permission = "openstack.admin"
	roleCreator      auth.Permission = "openstack.creator"
	roleObserver     auth.Permission = "openstack.observer"
	roleAudit        auth.Permission = "openstack.audit"
	roleServiceAdmin auth.Permission = "openstack.key-manager:service-admin"
	roleMember       auth.Permission = "openstack.member"
	roleReader       auth.Permission = "openstack.reader"
)

// roles are the resource of all roles, those included that no policy knows.
const roles = "openstack"

// Permissions open the whole service to a root key: what its tenant keeps, and all projects'
// quotas.
func Permissions() []string { return []string{string(roleAdmin), string(roleServiceAdmin)} }

// Who may do what is about no single secret or container.
var (
	mayCreate       = []auth.Permission{roleAdmin, roleCreator, roleMember}
	mayList         = []auth.Permission{roleAdmin, roleCreator, roleObserver, roleMember}
	mayReadOrder    = []auth.Permission{roleAdmin, roleCreator, roleObserver, roleAudit, roleServiceAdmin, roleMember}
	mayDeleteOrder  = []auth.Permission{roleAdmin, roleMember}
	mayReadQuotas   = []auth.Permission{roleAdmin, roleCreator, roleObserver, roleAudit, roleServiceAdmin, roleMember, roleReader}
	mayManageQuotas = []auth.Permission{roleServiceAdmin} // of all projects: admins are their own project's
	mayAsk          = mayReadQuotas                       // what the API is
)

// require returns the caller when one of its roles is among some.
func require(ctx context.Context, some []auth.Permission) (*auth.Principal, error) {
	return auth.Require(ctx, some...)
}

// ground is why a caller may do something with a secret or a container.
type ground uint8

const (
	// asAdmin is of its project's admins.
	asAdmin ground = 1 << iota
	// asOwner is of who made it and may still make some.
	asOwner
	// asCreator is of who may make some in its project, where that may read it.
	asCreator
	// asMember is the same in the other vocabulary, which lets one do more with containers.
	asMember
	// asObserver is of who may read all that its project keeps, where that may read it.
	asObserver
	// asAuditor is of who may see what its project keeps, but no payload, where that may read it.
	asAuditor
	// asInsider is of all whom a payload could be for, private or not.
	asInsider
	// asNamed is of users whom its access control list names, in whichever project they have a role.
	asNamed
)

// What may be done on which grounds.
const (
	canDecrypt         = asAdmin | asOwner | asCreator | asMember | asObserver | asNamed
	canSee             = canDecrypt | asAuditor // and its consumers, list, add and remove
	canChange          = asAdmin | asOwner | asCreator | asMember
	canDeleteContainer = asAdmin | asOwner | asMember
	canSeeList         = asInsider
)

// owned is a secret or a container.
type owned interface {
	GetTenant() string
	GetCreator() string
	GetAcl() *storev1.AccessList
}

// allow refuses what the caller has no ground for. A secret of another project is refused in
// the same words as one's own.
func allow(p *auth.Principal, m owned, on ground) error {
	if grounds(p, m)&on != 0 {
		return nil
	}
	return fault.PermissionDenied(fault.ReasonPermission, "your roles in this project don't allow this")
}

// grounds are all that a caller has.
func grounds(p *auth.Principal, m owned) (all ground) {
	add := func(g ground, when bool) {
		if when {
			all |= g
		}
	}
	if p.Tenant == tenant.None || !p.Holds(roles) {
		return 0 // a token without a project has no role and opens nothing, as with Barbican, whomever lists name
	}
	acl := m.GetAcl()
	add(asNamed, slices.Contains(acl.GetUsers(), p.Subject))
	if string(p.Tenant) != m.GetTenant() {
		return all
	}
	shared := acl == nil || acl.GetProjectAccess()
	makes := p.Allows(roleCreator, roleMember)
	add(asAdmin, p.Allows(roleAdmin))
	add(asOwner, makes && p.Subject == m.GetCreator())
	add(asCreator, shared && p.Allows(roleCreator))
	add(asMember, shared && p.Allows(roleMember))
	add(asObserver, shared && p.Allows(roleObserver))
	add(asAuditor, shared && p.Allows(roleAudit, roleServiceAdmin))
	add(asInsider, makes || p.Allows(roleAdmin, roleObserver))
	return all
}
