package useradmin

import (
	"context"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// links serves LinkService.
type links struct {
	useradminv1.UnimplementedLinkServiceServer
	s *Service
}

// GetLink is not counted: tokens can't be guessed, and whole networks of mail scanners call.
func (k links) GetLink(ctx context.Context, r *useradminv1.GetLinkRequest) (*useradminv1.GetLinkResponse, error) {
	answer := &useradminv1.GetLinkResponse{}
	err := k.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		l, u, err := k.s.tables.openLink(tx, r.GetToken(), toActivate, toReset, toVerify, toEnrol)
		answer.Purpose, answer.Locale, answer.Email = useradminv1.LinkPurpose(l.GetPurpose()), u.GetLocale(), l.GetEmail()
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// VerifyEmail of the address that the owner wants to change to makes the change. It tells so
// at the address that was.
func (k links) VerifyEmail(ctx context.Context, r *useradminv1.VerifyEmailRequest) (*useradminv1.VerifyEmailResponse, error) {
	w, err := k.s.beginUse(ctx, "user.verify_email", r.GetToken(), toVerify)
	if err != nil {
		return nil, err
	}
	of := tenant.ID(w.user.GetTenant())
	if w.link.GetEmail() != w.user.GetEmail() && w.user.GetEmailVerified() {
		if w.notices, err = k.s.newNotice(w.user, noticeEmail); err != nil {
			return nil, err
		}
	}
	err = k.s.finishUse(ctx, w, func(tx kv.Writer, l *storev1.Link, m *storev1.User) (audit.Entry, error) {
		if l.GetEmail() == m.GetEmail() {
			m.EmailVerified = true
			return w.done, k.s.tables.links.Delete(tx, scope(of), l)
		}
		readdress(m, l.GetEmail())
		m.EmailVerified = true
		return w.done, k.s.tables.dropLinks(tx, of, m.GetId())
	})
	if err != nil {
		return nil, taken(err)
	}
	return &useradminv1.VerifyEmailResponse{RedirectUrl: w.link.GetRedirectUrl()}, nil
}
