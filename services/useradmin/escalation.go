package useradmin

import (
	"errors"
	"slices"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	// reasonEscalation is the reason of faults for callers who reach above themselves.
	reasonEscalation = "ESCALATION"
	// reasonOwner is the reason of faults for what would cost a tenant its owner.
	reasonOwner = "OWNER"
)

// exceeds tells whether permissions hold one that p has not.
func exceeds(p *auth.Principal, permissions []string) bool {
	return slices.ContainsFunc(permissions, func(perm string) bool {
		if perm == string(permAppCredentials) {
			return false // everybody's
		}
		return !p.Allows(auth.Permission(perm)) && !(isOurs(perm) && p.Allows(permEverything))
	})
}

// exceeds tells whether permissions hold one that a caller has not, or has not any more.
// What the door knows of a user may be seconds old, and what is given away in them stays.
func (t *tables) exceeds(tx kv.Reader, p *auth.Principal, permissions []string) (bool, error) {
	if !isUser(p) {
		return exceeds(p, permissions), nil
	}
	u, err := t.users.Get(tx, scope(p.Tenant), p.Subject)
	if errors.Is(err, kv.ErrNotFound) || err == nil && !u.GetEnabled() {
		return true, fault.Unauthenticated(fault.ReasonCredentialBad, "the credential is not valid")
	}
	if err != nil {
		return true, err
	}
	if u.GetOwner() && p.Allows(permEverything) {
		return false, nil // nobody may do more, whatever roles at OpenStack's services are called
	}
	now, err := t.permissionsOf(tx, u)
	return exceeds(p, permissions) || exceeds(p.Grant(now...), permissions), err
}

// mayTouch refuses a caller to change, reset, delete or read credentials of a user who may
// do more than they may, and of the owner. Users may touch themselves.
func (t *tables) mayTouch(tx kv.Reader, p *auth.Principal, u *storev1.User) error {
	if isUser(p) && p.Subject == u.GetId() {
		return nil
	}
	permissions, err := t.permissionsOf(tx, u)
	if err != nil {
		return err
	}
	above, err := t.exceeds(tx, p, permissions)
	if err != nil {
		return err
	}
	if u.GetOwner() || above {
		return fault.PermissionDenied(reasonEscalation, "this user may do more than you; ask somebody who may do as much")
	}
	return nil
}

// mayGive refuses a caller to give roles that together may do more than they may, and
// roles that don't exist.
func (t *tables) mayGive(tx kv.Reader, p *auth.Principal, of tenant.ID, roles []int64) error {
	var all []string
	for _, id := range roles {
		role, err := t.role(tx, of, id)
		if err != nil {
			return unknownRole(err, id)
		}
		all = append(all, granted(role)...)
	}
	above, err := t.exceeds(tx, p, all)
	if err != nil {
		return err
	}
	if above {
		return fault.PermissionDenied(reasonEscalation, "the roles may do more than you; give what you may do yourself")
	}
	return nil
}

// mayShape refuses a caller to make, change or delete a role that may do more than they may.
func (t *tables) mayShape(tx kv.Reader, p *auth.Principal, roles ...*storev1.UserRole) error {
	for _, role := range roles {
		above, err := t.exceeds(tx, p, granted(role))
		if err != nil {
			return err
		}
		if above {
			return fault.PermissionDenied(reasonEscalation, "this role may do more than you; ask somebody who may do as much")
		}
	}
	return nil
}
