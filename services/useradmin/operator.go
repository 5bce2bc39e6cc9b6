package useradmin

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const reasonAccountTaken = "ACCOUNT_EXISTS"

// operator serves OperatorService.
type operator struct {
	useradminv1.UnimplementedOperatorServiceServer
	s *Service
}

func (o operator) CreateAccount(ctx context.Context, r *useradminv1.CreateAccountRequest) (*useradminv1.CreateAccountResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	of := tenant.ID(r.GetTenant())
	m := newAccount(of, &storev1.Account{
		Name: r.GetName(), TenantId: r.GetTenantId(), CustomerId: r.GetCustomerId(),
		ClientId: r.GetClientId(), ClientSecret: r.GetClientSecret(), RedirectUrls: r.GetRedirectUrls(),
	})
	done := audit.Event(ctx, "account.create", m.GetClientId())
	err := o.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if _, err := o.s.tables.account(tx, of); !errors.Is(err, kv.ErrNotFound) {
			return errors.Join(err, fault.AlreadyExists(reasonAccountTaken, "tenant %s has an account already", of))
		}
		if err := o.s.tables.accounts.Insert(tx, scope(of), m); err != nil {
			return err
		}
		return o.s.tables.audit.Write(tx, scope(of), done)
	})
	if errors.Is(err, table.ErrExists) {
		err = fault.AlreadyExists(reasonAccountTaken, "client %s is another tenant's", m.GetClientId())
	}
	if err != nil {
		return nil, err
	}
	return &useradminv1.CreateAccountResponse{Account: accountView(m), ClientSecret: m.GetClientSecret()}, nil
}

func accountView(m *storev1.Account) *useradminv1.Account {
	return &useradminv1.Account{
		Tenant: m.GetTenant(), Name: m.GetName(), TenantId: m.GetTenantId(), CustomerId: m.GetCustomerId(),
		ClientId: m.GetClientId(), RedirectUrls: m.GetRedirectUrls(),
	}
}

func (o operator) AddUser(ctx context.Context, r *useradminv1.AddUserRequest) (*useradminv1.AddUserResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	like := &storev1.User{
		Id: r.GetId(), Username: r.GetUsername(), Email: r.GetEmail(), FirstName: r.GetFirstName(), LastName: r.GetLastName(),
		EmailVerified: r.GetPassword() != "", Enabled: !r.GetDisabled(), Totp: r.GetTotp(), Owner: r.GetOwner(),
		Locale: r.GetLocale(), Roles: r.GetRoles(), OpenstackRoles: r.GetOpenstackRoles(),
	}
	if r.GetPassword() != "" {
		hash, err := o.s.deps.Passwords.Hash(ctx, r.GetPassword())
		if err != nil {
			return nil, err
		}
		like.PasswordHash, like.PasswordVersion = hash, 1
	}
	of := tenant.ID(r.GetTenant())
	n, err := newNewcomer(ctx, of, like)
	if err != nil {
		return nil, err
	}
	if err := o.s.deps.Store.Update(ctx, func(tx kv.Writer) error { return o.s.tables.add(tx, n) }); err != nil {
		return nil, taken(err)
	}
	o.s.tellSubject(ctx, of, n.user.GetId())
	return &useradminv1.AddUserResponse{User: operatorView(n.user)}, nil
}

func operatorView(u *storev1.User) *useradminv1.OperatorUser {
	return &useradminv1.OperatorUser{
		Id: u.GetId(), Username: u.GetUsername(), Email: u.GetEmail(), Enabled: u.GetEnabled(), Owner: u.GetOwner(),
		EmailVerified: u.GetEmailVerified(), Totp: u.GetTotp(), PasswordSet: u.GetPasswordHash() != "",
		Roles: u.GetRoles(), OpenstackRoles: u.GetOpenstackRoles(), CreatedAt: timestamppb.New(time.UnixMilli(u.GetCreatedAtMs())),
	}
}
