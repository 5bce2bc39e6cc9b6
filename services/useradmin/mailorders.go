package useradmin

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/outbox"
)

const (
	topicMail = "mail"

	reasonNoMail = "MAIL_NOT_CONFIGURED"
)

// newMailOrder is to be queued in the transaction that makes a mail necessary. Where none
// can be sent it is a fault.
func (s *Service) newMailOrder(u *storev1.User, purpose useradminv1.LinkPurpose, redirectURL string) (outbox.Message, error) {
	if s.deps.PublicURL == "" {
		return outbox.Message{}, fault.FailedPrecondition(reasonNoMail, "no mail can be sent from here; the operator can set up SMTP")
	}
	return outbox.NewMessage(topicMail, &storev1.MailOrder{
		Tenant: u.GetTenant(), User: u.GetId(), Purpose: int32(purpose), RedirectUrl: redirectURL, Email: u.GetEmail(),
	})
}
