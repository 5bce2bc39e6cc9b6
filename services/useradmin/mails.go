package useradmin

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicMail is of orders to make a link and mail it.
const topicMail = "mail"

const reasonMailUnavailable = "MAIL_UNAVAILABLE"

// newMailOrder is to be queued in the transaction that needs a user to get a link. It is
// for one address: the link is not mailed when that is the user's no more.
func newMailOrder(of tenant.ID, user string, purpose useradminv1.LinkPurpose, email, redirect string) (outbox.Message, error) {
	return outbox.NewMessage(topicMail, &storev1.MailOrder{
		Tenant: string(of), User: user, Purpose: int32(purpose), Email: email, RedirectUrl: redirect,
	})
}

// canMail refuses what ends in a mail where none can be sent: better than a user who waits
// for it.
func (s *Service) canMail() error {
	if s.deps.PublicURL == "" {
		return fault.FailedPrecondition(reasonMailUnavailable, "this ends in a mail, and links in mails need an address; the operator has to set --public-url")
	}
	return nil
}

// newWelcome is the order for the mail by which a new user gets in.
func (s *Service) newWelcome(u *storev1.User) (outbox.Message, error) {
	if err := s.canMail(); err != nil {
		return outbox.Message{}, err
	}
	return newMailOrder(tenant.ID(u.GetTenant()), u.GetId(), useradminv1.LinkPurpose_LINK_PURPOSE_ACTIVATE, u.GetEmail(), "")
}
