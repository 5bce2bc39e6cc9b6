package useradmin

import (
	"context"
	"strconv"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const reasonVerified = "EMAIL_VERIFIED"

// ResetPassword mails the link that sets a first password where there is none yet: it says
// so, and lives longer.
func (u users) ResetPassword(ctx context.Context, r *useradminv1.ResetPasswordRequest) (*useradminv1.ResetPasswordResponse, error) {
	done := audit.Event(ctx, "user.reset_password", r.GetUserId())
	err := u.mailLink(ctx, r.GetUserId(), r.GetRedirectUrl(), done, func(m *storev1.User) (useradminv1.LinkPurpose, string, error) {
		if m.GetPasswordHash() == "" {
			return toActivate, m.GetEmail(), nil
		}
		return toReset, m.GetEmail(), nil
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.ResetPasswordResponse{}, nil
}

// ResendEmailVerification mails the link that is due: to set the first password, which
// verifies the address, or to confirm the address the owner wants to change to, or to verify
// the one there is.
func (u users) ResendEmailVerification(ctx context.Context, r *useradminv1.ResendEmailVerificationRequest) (*useradminv1.ResendEmailVerificationResponse, error) {
	done := audit.Event(ctx, "user.resend_verification", r.GetUserId())
	err := u.mailLink(ctx, r.GetUserId(), r.GetRedirectUrl(), done, func(m *storev1.User) (useradminv1.LinkPurpose, string, error) {
		switch {
		case m.GetPasswordHash() == "":
			return toActivate, m.GetEmail(), nil
		case m.GetPendingEmail() != "":
			return toVerify, m.GetPendingEmail(), nil
		case !m.GetEmailVerified():
			return toVerify, m.GetEmail(), nil
		}
		return 0, "", fault.AlreadyExists(reasonVerified, "the email is verified already")
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.ResendEmailVerificationResponse{}, nil
}

// mailLink orders the mail that choose picks for a user.
func (u users) mailLink(ctx context.Context, user, redirect string, done audit.Entry, choose func(*storev1.User) (useradminv1.LinkPurpose, string, error)) error {
	p, err := requireSelfOr(ctx, user, permUpdateUsers)
	if err != nil {
		return err
	}
	err = u.s.onUser(ctx, p, user, func(seen *storev1.User, account *storev1.Account) (work, error) {
		if err := mayLeadTo(account, redirect); err != nil {
			return nil, err
		}
		purpose, email, err := choose(seen)
		if err != nil {
			return nil, err
		}
		if err := u.s.canMail(); err != nil {
			return nil, err
		}
		order, err := newMailOrder(p.Tenant, user, purpose, email, redirect)
		return func(tx kv.Writer, _ *storev1.User) error {
			if err := u.s.tables.orderMails(tx, order); err != nil {
				return err
			}
			return u.s.tables.audit.Write(tx, scope(p.Tenant), done)
		}, err
	})
	if err == nil {
		u.s.tables.mails.Ring()
	}
	return err
}

// dropLinks deletes a user's links, so that none of them opens anything any more.
func (t *tables) dropLinks(tx kv.Writer, of tenant.ID, user string) error {
	for purpose := range useradminv1.LinkPurpose_name {
		if err := drop(tx, of, t.links, byPurpose, user, strconv.Itoa(int(purpose))); err != nil {
			return err
		}
	}
	return nil
}
