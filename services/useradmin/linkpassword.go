package useradmin

import (
	"context"
	"errors"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// SetPassword ends all other links of the user with the sessions: whoever else has one had it
// under the old password. A lockout ends, too, as the guesses were at that.
func (k links) SetPassword(ctx context.Context, r *useradminv1.SetPasswordRequest) (*useradminv1.SetPasswordResponse, error) {
	w, err := k.s.beginUse(ctx, "user.password", r.GetToken(), toActivate, toReset)
	if err != nil {
		return nil, err
	}
	if err := password.Check(r.GetPassword(), personal(w.user)...); err != nil {
		return nil, err
	}
	hash, err := k.s.deps.Passwords.Hash(ctx, r.GetPassword())
	if err != nil {
		return nil, err
	}
	of := tenant.ID(w.user.GetTenant())
	if w.user.GetPasswordHash() != "" {
		if w.notices, err = k.s.newNotice(w.user, noticePassword); err != nil {
			return nil, err
		}
	}
	fresh, answer := newFreshLink(), &useradminv1.SetPasswordResponse{RedirectUrl: w.link.GetRedirectUrl()}
	err = k.s.finishUse(ctx, w, func(tx kv.Writer, l *storev1.Link, m *storev1.User) (audit.Entry, error) {
		answer.EnrolmentToken = ""
		m.PasswordHash, m.PasswordVersion = hash, m.GetPasswordVersion()+1
		m.EmailVerified = true // the link works for none but the user's address
		if err := errors.Join(k.s.tables.dropLinks(tx, of, m.GetId()), k.s.unlock(tx, m.GetId())); err != nil {
			return w.done, err
		}
		next := fresh.of(m, toEnrol, m.GetEmail(), l.GetRedirectUrl())
		if !works(next, m) {
			return w.done, nil
		}
		answer.EnrolmentToken = fresh.token
		return w.done, k.s.tables.putLink(tx, next)
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// personal are the words that are no password of a user's.
func personal(u *storev1.User) []string {
	local, _, _ := strings.Cut(u.GetEmail(), "@")
	return []string{
		u.GetEmail(), local, u.GetUsername(), u.GetFirstName(), u.GetLastName(),
		u.GetFirstName() + u.GetLastName(), u.GetFirstName() + " " + u.GetLastName(),
	}
}

// unlock forgets the wrong passwords that were tried with a user's account.
func (s *Service) unlock(tx kv.Writer, user string) error {
	m, err := s.tables.attempts.Get(tx, table.Global, s.deps.Blind.Blind("attempt", "user", user))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.tables.attempts.Delete(tx, table.Global, m)
}
