package useradmin

import (
	"cmp"
	"context"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/tenant"
	"github.com/holdplane/holdplane/pkg/totp"
)

// maxWrongCodes void a link for enrolment.
const maxWrongCodes = 5

// issuerLen bounds a tenant's name in the app's list, in characters: a QR code holds only so
// much.
const issuerLen = 40

var errCodeWrong error = fault.Invalid(fault.Violation{
	Field: "code", Rule: "totp.code", Message: "is wrong or too old; enter the six digits that the app shows now",
})

// StartEnrolment goes on record each time: what it shows opens the account.
func (k links) StartEnrolment(ctx context.Context, r *useradminv1.StartEnrolmentRequest) (*useradminv1.StartEnrolmentResponse, error) {
	w, err := k.s.beginUse(ctx, "user.start_enrolment", r.GetToken(), toEnrol)
	if err != nil {
		return nil, err
	}
	of := tenant.ID(w.user.GetTenant())
	issuer, err := k.s.appName(ctx, of)
	if err != nil {
		return nil, err
	}
	shown, err := totp.NewSecret(issuer, w.user.GetEmail())
	if err != nil {
		return nil, err
	}
	fresh := base32Secret.EncodeToString(shown.Secret)
	var secret string
	err = k.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		l, _, err := k.s.tables.openLink(tx, r.GetToken(), toEnrol)
		if err != nil {
			return err
		}
		if secret = l.GetEnrolmentSecret(); secret == "" {
			m := proto.CloneOf(l)
			m.EnrolmentSecret, secret = fresh, fresh
			if err := k.s.tables.links.Replace(tx, scope(of), l, m); err != nil {
				return err
			}
		}
		return k.s.tables.audit.Write(tx, scope(of), w.done)
	})
	if err == nil && secret != fresh {
		shown, err = totp.Show(secretOf(secret), issuer, w.user.GetEmail())
	}
	if err != nil {
		return nil, err
	}
	return &useradminv1.StartEnrolmentResponse{Secret: shown.Text, Url: shown.URL, Image: shown.QR, Locale: w.user.GetLocale()}, nil
}

// appName is what apps list codes of a tenant's users under.
func (s *Service) appName(ctx context.Context, of tenant.ID) (name string, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		account, err := s.tables.accountShown(tx, of)
		name = account.GetName()
		return err
	})
	name = oneLine(strings.ReplaceAll(name, ":", " "), issuerLen)
	return cmp.Or(name, string(of)), err
}

// FinishEnrolment remembers the code's step, so that the code opens nothing else.
func (k links) FinishEnrolment(ctx context.Context, r *useradminv1.FinishEnrolmentRequest) (*useradminv1.FinishEnrolmentResponse, error) {
	w, err := k.s.beginUse(ctx, "user.enrol", r.GetToken(), toEnrol)
	if err != nil {
		return nil, err
	}
	of := tenant.ID(w.user.GetTenant())
	if w.notices, err = k.s.newNotice(w.user, noticeFactorOn); err != nil {
		return nil, err
	}
	failed := audit.Event(asUser(ctx, w.link), "user.enrol_failure", w.user.GetId())
	codes, digests := totp.NewRecoveryCodes()
	now := time.Now()
	var refused error
	err = k.s.finishUse(ctx, w, func(tx kv.Writer, l *storev1.Link, m *storev1.User) (audit.Entry, error) {
		refused = nil
		step, ok := totp.Verify(secretOf(l.GetEnrolmentSecret()), r.GetCode(), 0, now)
		if !ok {
			refused = errCodeWrong
			if l.GetWrongCodes()+1 >= maxWrongCodes {
				refused = errLinkUnknown
			}
			return failed, k.s.tables.blameLink(tx, l)
		}
		m.SecondFactor = &storev1.SecondFactor{Secret: l.GetEnrolmentSecret(), LastStep: step, RecoveryDigests: digests}
		return w.done, k.s.tables.links.Delete(tx, scope(of), l)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	return &useradminv1.FinishEnrolmentResponse{RecoveryCodes: codes, RedirectUrl: w.link.GetRedirectUrl()}, nil
}

// blameLink counts a wrong code.
func (t *tables) blameLink(tx kv.Writer, l *storev1.Link) error {
	of := scope(tenant.ID(l.GetTenant()))
	m := proto.CloneOf(l)
	if m.WrongCodes++; m.GetWrongCodes() >= maxWrongCodes {
		return t.links.Delete(tx, of, l)
	}
	return t.links.Replace(tx, of, l, m)
}

// secretOf reads a secret as it is kept; none is empty, and of no code.
func secretOf(text string) seal.Secret {
	secret, err := base32Secret.DecodeString(text)
	if err != nil {
		return nil
	}
	return secret
}
