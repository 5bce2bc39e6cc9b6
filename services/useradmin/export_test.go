package useradmin

import (
	"context"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Order orders a link to be mailed.
func (s *Service) Order(ctx context.Context, of tenant.ID, user string, purpose useradminv1.LinkPurpose, email, redirect string) error {
	order, err := newMailOrder(of, user, purpose, email, redirect)
	if err != nil {
		return err
	}
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error { return s.tables.outbox.Queue(tx, order) })
	s.tables.outbox.Ring()
	return err
}

// ChangeUser changes a user as if by the API, and returns the user changed.
func (s *Service) ChangeUser(ctx context.Context, of tenant.ID, user string, change func(*storev1.User)) (m *storev1.User, err error) {
	push, err := newSubjectPush(of, user)
	if err != nil {
		return nil, err
	}
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := s.tables.users.Get(tx, scope(of), user)
		if err != nil {
			return err
		}
		m = proto.CloneOf(old)
		change(m)
		return s.tables.replaceUser(tx, old, m, push)
	})
	if err == nil {
		s.tellSubject(ctx, of, user)
	}
	return m, err
}

// Remove deletes a user's row, and leaves what refers to it.
func (s *Service) Remove(ctx context.Context, of tenant.ID, user string) error {
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		u, err := s.tables.users.Get(tx, scope(of), user)
		if err != nil {
			return err
		}
		return s.tables.users.Delete(tx, scope(of), u)
	})
}

// Kept returns a tenant's user, audit records, newest first, and changes.
func (s *Service) Kept(ctx context.Context, of tenant.ID, user string) (u *storev1.User, records []*storev1.AuditRecord, changes []*storev1.Change, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if u, err = s.tables.users.Get(tx, scope(of), user); err != nil {
			return err
		}
		if records, _, err = s.tables.audit.List(tx, scope(of), nil, 1000); err != nil {
			return err
		}
		changes, _, err = s.tables.changes.Take(s.tables.changes.All(tx, scope(of), table.Page{}), 1000)
		return err
	})
	return u, records, changes, err
}
