package useradmin

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// ChangePassword counts the password on, so that sessions end and mailed links are void.
func (o operator) ChangePassword(ctx context.Context, r *useradminv1.ChangePasswordRequest) (*useradminv1.ChangePasswordResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	of := tenant.ID(r.GetTenant())
	u, err := o.user(ctx, of, r.GetUser())
	if err != nil {
		return nil, err
	}
	hash, err := o.s.deps.Passwords.Hash(ctx, r.GetPassword())
	if err != nil {
		return nil, err
	}
	push, err := newSubjectPush(of, u.GetId())
	if err != nil {
		return nil, err
	}
	notices, err := o.s.newNotice(u, noticePassword)
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "user.password", u.GetId()) // passwords don't show in Contabo's audits
	err = o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		old, err := o.s.tables.users.Get(tx, scope(of), u.GetId())
		if err != nil {
			return unknownUser(err)
		}
		m := proto.CloneOf(old)
		m.PasswordHash, m.PasswordVersion = hash, old.GetPasswordVersion()+1
		if err := o.s.tables.replaceUser(tx, old, m, push); err != nil {
			return err
		}
		return errors.Join(
			o.s.unlock(tx, u.GetId()), // whoever guessed at the old one
			o.s.tables.orderMails(tx, notices...),
			o.s.tables.audit.Write(tx, scope(of), done),
		)
	})
	if err != nil {
		return nil, err
	}
	o.s.tellSubject(ctx, of, u.GetId())
	return &useradminv1.ChangePasswordResponse{}, nil
}

func (o operator) CheckPassword(ctx context.Context, r *useradminv1.CheckPasswordRequest) (*useradminv1.CheckPasswordResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	u, err := o.user(ctx, tenant.ID(r.GetTenant()), r.GetUser())
	if err != nil {
		return nil, err
	}
	matches, err := o.s.deps.Passwords.Verify(ctx, u.GetPasswordHash(), r.GetPassword())
	if err != nil {
		return nil, err
	}
	return &useradminv1.CheckPasswordResponse{Matches: matches}, nil
}

// user is the tenant's user of an id, or else of a username, or else of an e-mail address.
func (o operator) user(ctx context.Context, of tenant.ID, name string) (u *storev1.User, err error) {
	if err := o.s.tenants.Require(ctx, string(of)); err != nil {
		return nil, err
	}
	err = o.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		u, err = o.s.tables.named(tx, of, name)
		return err
	})
	return u, unknownUser(err)
}

// unknownUser is one text for all that is no user.
func unknownUser(err error) error {
	if errors.Is(err, kv.ErrNotFound) {
		return fault.NotFound(reasonUserUnknown, "user not found")
	}
	return err
}
