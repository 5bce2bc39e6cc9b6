package useradmin

import (
	"context"
	"errors"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/kv"
)

// CreateUser orders the mail by which the user sets a password; the user who is to have a
// second factor is asked to enrol it then.
func (u users) CreateUser(ctx context.Context, r *useradminv1.CreateUserRequest) (*useradminv1.CreateUserResponse, error) {
	p, err := require(ctx, permCreateUsers)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(checkPerson("first_name", r.GetFirstName()), checkPerson("last_name", r.GetLastName())); err != nil {
		return nil, err
	}
	n, err := newNewcomer(ctx, p.Tenant, &storev1.User{
		FirstName: strings.TrimSpace(r.GetFirstName()), LastName: strings.TrimSpace(r.GetLastName()), Email: r.GetEmail(),
		Enabled: r.GetEnabled(), Totp: r.GetTotp(), Locale: r.GetLocale(), Roles: rolesAsked(r),
	})
	if err != nil {
		return nil, err
	}
	order, err := u.s.newWelcome(n.user)
	if err != nil {
		return nil, err
	}
	var account *storev1.Account
	err = u.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := u.s.tables.mayGive(tx, p, p.Tenant, n.user.GetRoles()); err != nil {
			return err
		}
		if err := u.s.tables.add(tx, n); err != nil {
			return err
		}
		if err := u.s.tables.orderMails(tx, order); err != nil {
			return err
		}
		account, err = u.s.tables.accountShown(tx, p.Tenant)
		return err
	})
	if err != nil {
		return nil, taken(err)
	}
	u.s.tellSubject(ctx, p.Tenant, n.user.GetId())
	return &useradminv1.CreateUserResponse{TenantId: account.GetTenantId(), CustomerId: account.GetCustomerId(), UserId: n.user.GetId()}, nil
}

// rolesAsked are the roles of a user to make: those that are named, and the default one that
// does what the flags say. Whoever may do everything reaches all resources.
func rolesAsked(r *useradminv1.CreateUserRequest) []int64 {
	switch {
	case r.GetAdmin():
		return append(r.GetRoles(), roleFullAccess)
	case r.GetAccessAllResources():
		return append(r.GetRoles(), roleTechnician)
	}
	return r.GetRoles()
}
