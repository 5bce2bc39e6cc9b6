package useradmin

import (
	"errors"
	"slices"
	"strconv"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// What links are for.
const (
	toActivate = useradminv1.LinkPurpose_LINK_PURPOSE_ACTIVATE
	toReset    = useradminv1.LinkPurpose_LINK_PURPOSE_RESET_PASSWORD
	toVerify   = useradminv1.LinkPurpose_LINK_PURPOSE_VERIFY_EMAIL
	toEnrol    = useradminv1.LinkPurpose_LINK_PURPOSE_ENROL
)

// linkLife is how long links work.
var linkLife = map[useradminv1.LinkPurpose]time.Duration{
	toActivate: 24 * time.Hour, toReset: time.Hour, toVerify: 24 * time.Hour, toEnrol: 24 * time.Hour,
}

const reasonLinkUnknown = "LINK_UNKNOWN"

// errLinkUnknown is the one answer to whatever is wrong with a link.
var errLinkUnknown error = fault.NotFound(reasonLinkUnknown, "this link does not work, or not any more; ask for a new one")

// freshLink is what a transaction can't make of a link.
type freshLink struct {
	token string
	at    time.Time
}

func newFreshLink() freshLink { return freshLink{token: id.Secret("hp_link"), at: time.Now()} }

// of is the link for a user as they stand.
func (f freshLink) of(u *storev1.User, purpose useradminv1.LinkPurpose, email, redirect string) *storev1.Link {
	digest := auth.DigestOf(f.token)
	return &storev1.Link{
		Digest: digest[:], Tenant: u.GetTenant(), User: u.GetId(), Purpose: int32(purpose), Email: email,
		PasswordVersion: u.GetPasswordVersion(), RedirectUrl: redirect,
		CreatedAtMs: f.at.UnixMilli(), ExpiresAtMs: f.at.Add(linkLife[purpose]).UnixMilli(),
	}
}

// putLink adds a link in the place of earlier ones for the same purpose.
func (t *tables) putLink(tx kv.Writer, l *storev1.Link) error {
	of := tenant.ID(l.GetTenant())
	if err := drop(tx, of, t.links, byPurpose, l.GetUser(), strconv.Itoa(int(l.GetPurpose()))); err != nil {
		return err
	}
	return t.links.Insert(tx, scope(of), l)
}

// openLink returns the link that a token is of, and its user. One that does not work now, or
// not for any of the purposes, is errLinkUnknown.
func (t *tables) openLink(tx kv.Reader, token string, purposes ...useradminv1.LinkPurpose) (l *storev1.Link, u *storev1.User, err error) {
	digest := auth.DigestOf(token)
	l, err = t.links.Find(tx, table.Global, byDigest, string(digest[:]))
	if err == nil {
		u, err = t.users.Get(tx, scope(tenant.ID(l.GetTenant())), l.GetUser())
	}
	switch {
	case errors.Is(err, kv.ErrNotFound), errors.Is(err, kv.ErrDestroyed):
		return nil, nil, errLinkUnknown
	case err != nil:
		return nil, nil, err
	case !slices.Contains(purposes, useradminv1.LinkPurpose(l.GetPurpose())), !works(l, u):
		return nil, nil, errLinkUnknown
	}
	return l, u, nil
}

// works tells whether a link that has not ended is still one for its user.
func works(l *storev1.Link, u *storev1.User) bool {
	if !u.GetEnabled() || l.GetPasswordVersion() != u.GetPasswordVersion() || l.GetEmail() == "" {
		return false
	}
	own := l.GetEmail() == u.GetEmail()
	switch useradminv1.LinkPurpose(l.GetPurpose()) {
	case toActivate, toReset:
		return own
	case toVerify:
		return own || l.GetEmail() == u.GetPendingEmail()
	case toEnrol:
		// By mail alone nobody replaces a second factor that is there.
		return own && u.GetTotp() && u.GetSecondFactor() == nil
	}
	return false
}
