package useradmin

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// ordersFor are the mails that a change of a user makes due: links, and word of what the
// user may not have done to where they were reached before.
func (s *Service) ordersFor(old, m *storev1.User) ([]mailOrder, error) {
	of := tenant.ID(old.GetTenant())
	var orders []mailOrder
	for _, due := range linksDue(old, m) {
		if err := s.canMail(); err != nil {
			return nil, err
		}
		order, err := newMailOrder(of, m.GetId(), due.purpose, due.email, "")
		if err != nil {
			return nil, err
		}
		orders = append(orders, order)
	}
	for _, what := range noticesDue(old, m) {
		order, err := s.newNotice(old, what)
		if err != nil {
			return nil, err
		}
		orders = append(orders, order...)
	}
	return orders, nil
}

// dueLink is a link that somebody has to get.
type dueLink struct {
	purpose useradminv1.LinkPurpose
	email   string
}

// linksDue are to verify an address, and to enrol a second factor. Who has no password yet
// gets the link that sets one at the new address: that to the old one is void.
func linksDue(old, m *storev1.User) (due []dueLink) {
	switch {
	case m.GetEmail() != old.GetEmail() && m.GetPasswordHash() == "":
		due = append(due, dueLink{toActivate, m.GetEmail()})
	case m.GetEmail() != old.GetEmail():
		due = append(due, dueLink{toVerify, m.GetEmail()})
	case m.GetPendingEmail() != "" && m.GetPendingEmail() != old.GetPendingEmail():
		due = append(due, dueLink{toVerify, m.GetPendingEmail()})
	}
	if m.GetTotp() && !old.GetTotp() && m.GetSecondFactor() == nil {
		due = append(due, dueLink{toEnrol, m.GetEmail()})
	}
	return due
}

// noticesDue leave out addresses that the user turns out never to have had.
func noticesDue(old, m *storev1.User) (due []notice) {
	if m.GetEmail() != old.GetEmail() && old.GetEmailVerified() {
		due = append(due, noticeEmail)
	}
	if old.GetSecondFactor() != nil && m.GetSecondFactor() == nil {
		due = append(due, noticeFactorOff)
	}
	return due
}
