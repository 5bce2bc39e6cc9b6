package useradmin

import (
	"cmp"
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// AddUser refuses a user without password whom no mail can reach: nobody could ever log in.
func (o operator) AddUser(ctx context.Context, r *useradminv1.AddUserRequest) (*useradminv1.AddUserResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(checkPerson("first_name", r.GetFirstName()), checkPerson("last_name", r.GetLastName())); err != nil {
		return nil, err
	}
	of := tenant.ID(r.GetTenant())
	n, err := newNewcomer(ctx, of, userLike(r))
	if err != nil {
		return nil, err
	}
	var welcome mailOrder
	if r.GetPassword() == "" {
		welcome, err = o.s.newWelcome(n.user)
	} else {
		n.user.PasswordHash, err = o.s.deps.Passwords.Hash(ctx, r.GetPassword())
	}
	if err != nil {
		return nil, err
	}
	err = o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		if err := o.s.tables.unlike(tx, r, n.user); err != nil {
			return err
		}
		if err := o.s.tables.add(tx, n); err != nil {
			return err
		}
		if r.GetPassword() != "" {
			return nil
		}
		return o.s.tables.orderMails(tx, welcome)
	})
	if errors.Is(err, table.ErrExists) {
		err = fault.AlreadyExists(reasonUserTaken, "another user has this id, or owns the tenant")
	}
	if err != nil {
		return nil, err
	}
	o.s.tellSubject(ctx, of, n.user.GetId())
	return &useradminv1.AddUserResponse{User: operatorView(n.user)}, nil
}

// userLike is what the operator says of a user. Who gets a password can log in at once, with
// an address that the operator answers for.
func userLike(r *useradminv1.AddUserRequest) *storev1.User {
	u := &storev1.User{
		Id: r.GetId(), Username: r.GetUsername(), Email: r.GetEmail(), FirstName: r.GetFirstName(), LastName: r.GetLastName(),
		Enabled: !r.GetDisabled(), Totp: r.GetTotp(), Owner: r.GetOwner(), Locale: r.GetLocale(),
		Roles: r.GetRoles(), OpenstackRoles: r.GetOpenstackRoles(),
	}
	if r.GetPassword() != "" {
		u.EmailVerified, u.PasswordVersion = true, 1
	}
	return u
}

func (o operator) ListAllUsers(ctx context.Context, r *useradminv1.ListAllUsersRequest) (*useradminv1.ListAllUsersResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := o.s.tenants.Require(ctx, r.GetTenant()); err != nil {
		return nil, err
	}
	list := page.Scope{Method: useradminv1.OperatorService_ListAllUsers_FullMethodName, Tenant: r.GetTenant()}
	after, err := o.s.deps.Cursors.Decode(list, r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var rows []*storev1.User
	var next []byte
	err = o.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		size := cmp.Or(int(r.GetPageSize()), page.DefaultSize)
		all := o.s.tables.users.All(tx, scope(tenant.ID(r.GetTenant())), table.Page{After: after, Limit: size + 1})
		rows, next, err = o.s.tables.users.Take(all, size)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer := &useradminv1.ListAllUsersResponse{}
	for _, u := range rows {
		answer.Users = append(answer.Users, operatorView(u))
	}
	answer.NextPageToken, err = o.s.deps.Cursors.Encode(list, next)
	return answer, err
}

func operatorView(u *storev1.User) *useradminv1.OperatorUser {
	return &useradminv1.OperatorUser{
		Id: u.GetId(), Username: u.GetUsername(), Email: u.GetEmail(), Enabled: u.GetEnabled(), Owner: u.GetOwner(),
		EmailVerified: u.GetEmailVerified(), Totp: u.GetTotp(), PasswordSet: u.GetPasswordHash() != "",
		Roles: u.GetRoles(), OpenstackRoles: u.GetOpenstackRoles(), CreatedAt: timestamppb.New(time.UnixMilli(u.GetCreatedAtMs())),
	}
}
