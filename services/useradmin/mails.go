package useradmin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicMail is of orders to make a link and mail it, and of notices.
const topicMail = "mail"

// mailPatience is how long a mail server may be out of reach before a mail is given up.
const mailPatience = 24 * time.Hour

const reasonMailUnavailable = "MAIL_UNAVAILABLE"

// notice is what a user is told who gets no link: the name of its letter.
type notice string

const (
	noticePassword  notice = "password_changed"
	noticeEmail     notice = "email_changed"
	noticeFactorOn  notice = "second_factor_on"
	noticeFactorOff notice = "second_factor_off"
)

// mailOrder is what orderMails queues, and nothing else does: mails have an outbox of their
// own.
type mailOrder struct{ message outbox.Message }

// newMailOrder is to be queued in the transaction that needs a user to get a link. It is
// for one address: the link is not mailed when that is the user's no more.
func newMailOrder(of tenant.ID, user string, purpose useradminv1.LinkPurpose, email, redirect string) (mailOrder, error) {
	m, err := outbox.NewMessage(topicMail, &storev1.MailOrder{
		Tenant: string(of), User: user, Purpose: int32(purpose), Email: email, RedirectUrl: redirect,
		QueuedAtMs: time.Now().UnixMilli(),
	})
	return mailOrder{m}, err
}

// newNotice is to be queued in the transaction that changes how a user logs in, for the user
// to learn of what they have not done themselves. It goes to their address as it was. Where
// no mail can be sent it is none: that is no reason to refuse the change.
func (s *Service) newNotice(u *storev1.User, what notice) ([]mailOrder, error) {
	if s.canMail() != nil {
		return nil, nil
	}
	m, err := outbox.NewMessage(topicMail, &storev1.MailOrder{
		Tenant: u.GetTenant(), User: u.GetId(), Notice: string(what), Email: u.GetEmail(), QueuedAtMs: time.Now().UnixMilli(),
	})
	return []mailOrder{{m}}, err
}

// orderMails queues orders. They are delivered when tx commits.
func (t *tables) orderMails(tx kv.Writer, orders ...mailOrder) error {
	for _, order := range orders {
		if err := t.mails.Queue(tx, order.message); err != nil {
			return err
		}
	}
	return nil
}

// canMail refuses what ends in a mail where none can be sent: better than a user who waits
// for it.
func (s *Service) canMail() error {
	if s.deps.Mail == nil || s.deps.PublicURL == "" {
		return fault.FailedPrecondition(reasonMailUnavailable,
			"this ends in a mail, and none can be sent from here; the operator has to set --smtp-url and --public-url")
	}
	return nil
}

// deliverMail makes a new link at each try, as no token is kept. The mail of a try that was
// taken for failed has one that works until the next.
func (s *Service) deliverMail(ctx context.Context, payload []byte) error {
	order := &storev1.MailOrder{}
	if err := proto.Unmarshal(payload, order); err != nil {
		return fmt.Errorf("decode mail order: %w", err)
	}
	if time.Since(time.UnixMilli(order.GetQueuedAtMs())) > mailPatience {
		return s.recordMail(ctx, "mail.give_up", order)
	}
	if err := s.canMail(); err != nil {
		return err
	}
	u, l, err := s.fill(ctx, order)
	if err != nil {
		return err
	}
	if u == nil {
		s.deps.Log.DebugContext(ctx, "mail order is void", "letter", letterOf(order))
		return nil
	}
	m, err := l.write(letterOf(order), u.GetLocale())
	if err != nil {
		return err
	}
	m.To = order.GetEmail()
	err = s.deps.Mail.Send(ctx, m)
	switch {
	case errors.Is(err, mail.ErrRefused):
		return s.recordMail(ctx, "mail.refused", order)
	case err != nil:
		return fmt.Errorf("send mail: %w", err)
	}
	return s.recordMail(ctx, "mail.send", order)
}

// fill makes the link that is ordered, and what the letter needs. The user is nil when the
// order is void.
func (s *Service) fill(ctx context.Context, order *storev1.MailOrder) (u *storev1.User, l letter, err error) {
	of, purpose, fresh := tenant.ID(order.GetTenant()), useradminv1.LinkPurpose(order.GetPurpose()), newFreshLink()
	l = letter{When: time.UnixMilli(order.GetQueuedAtMs()).UTC().Format("2006-01-02 15:04 UTC")}
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		u = nil
		to, err := s.tables.users.Get(tx, scope(of), order.GetUser())
		if errors.Is(err, kv.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if order.GetNotice() == "" {
			link := fresh.of(to, purpose, order.GetEmail(), order.GetRedirectUrl())
			if !works(link, to) {
				return nil
			}
			if err := s.tables.putLink(tx, link); err != nil {
				return err
			}
			l.Link, l.Life = s.deps.PublicURL+"/pages/"+linkPage[purpose]+"?token="+fresh.token, linkLife[purpose]
		}
		account, err := s.tables.accountShown(tx, of)
		u, l.Sender = to, oneLine(account.GetName(), senderLen)
		return err
	})
	if errors.Is(err, kv.ErrDestroyed) {
		return nil, letter{}, nil
	}
	return u, l, err
}

// linkPage is the hosted page that a link opens, below /pages.
var linkPage = map[useradminv1.LinkPurpose]string{
	toActivate: "set-password", toReset: "set-password", toVerify: "verify-email", toEnrol: "second-factor",
}

// letterOf names the letter that is ordered.
func letterOf(order *storev1.MailOrder) string {
	if order.GetNotice() != "" {
		return order.GetNotice()
	}
	return strings.ToLower(strings.TrimPrefix(useradminv1.LinkPurpose(order.GetPurpose()).String(), "LINK_PURPOSE_"))
}

// recordMail records what came of an order, which is done then.
func (s *Service) recordMail(ctx context.Context, event string, order *storev1.MailOrder) error {
	done := audit.Event(ctx, event, order.GetUser()).With("letter", letterOf(order))
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		return s.tables.audit.Write(tx, scope(tenant.ID(order.GetTenant())), done)
	})
	return gone(err)
}

// newWelcome is the order for the mail by which a new user gets in.
func (s *Service) newWelcome(u *storev1.User) (mailOrder, error) {
	if err := s.canMail(); err != nil {
		return mailOrder{}, err
	}
	return newMailOrder(tenant.ID(u.GetTenant()), u.GetId(), toActivate, u.GetEmail(), "")
}
