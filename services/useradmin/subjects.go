package useradmin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Topics of the outbox.
const (
	topicSubject = "subject"
	topicRole    = "role"
)

// newSubjectPush is to be queued in the transaction that changes a user, and told by
// tellSubject when that is committed: whatever happens in between, identity hears of it.
func newSubjectPush(of tenant.ID, user string) (outbox.Message, error) {
	return outbox.NewMessage(topicSubject, &storev1.SubjectPush{Tenant: string(of), User: user})
}

// tellSubject tells identity at once how a user stands. Where that fails the outbox goes on
// trying: the change itself is committed.
func (s *Service) tellSubject(ctx context.Context, of tenant.ID, user string) {
	if err := s.pushSubject(ctx, of, user); err != nil {
		s.deps.Log.WarnContext(ctx, "identity was not told of a user yet", "error", err)
	}
	s.tables.outbox.Ring()
}

func (s *Service) deliverSubject(ctx context.Context, payload []byte) error {
	var m storev1.SubjectPush
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode subject push: %w", err)
	}
	return s.pushSubject(ctx, tenant.ID(m.GetTenant()), m.GetUser())
}

// pushSubject tells how a user stands now. Repeats and late ones do no harm: the subject has
// a version.
func (s *Service) pushSubject(ctx context.Context, of tenant.ID, user string) error {
	var u *storev1.User
	var permissions []string
	err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		u, err = s.tables.users.Get(tx, scope(of), user)
		if err == nil {
			permissions, err = s.tables.permissionsOf(tx, u)
		}
		return err
	})
	switch {
	case errors.Is(err, kv.ErrDestroyed):
		return nil // the tenant is gone, and its subjects with it
	case errors.Is(err, kv.ErrNotFound):
		_, err = s.deps.Access.DeleteSubject(ctx, &identityv1.DeleteSubjectRequest{Tenant: string(of), Id: user})
		return gone(err)
	case err != nil:
		return err
	}
	_, err = s.deps.Access.PutSubject(ctx, &identityv1.PutSubjectRequest{
		Tenant: string(of), Id: user, Enabled: u.GetEnabled(), Permissions: permissions,
		Epoch: u.GetEpoch(), Version: u.GetVersion(),
	})
	return gone(err)
}

// replaceUser puts m in the place of old. Its version counts, and so does its epoch when
// sessions have to die: whoever was somebody else, or could log in otherwise, comes again.
func (t *tables) replaceUser(tx kv.Writer, old, m *storev1.User, push outbox.Message) error {
	m.Version = old.GetVersion() + 1
	m.Epoch = old.GetEpoch()
	if endsSessions(old, m) {
		m.Epoch++
	}
	if err := t.users.Replace(tx, scope(tenant.ID(old.GetTenant())), old, m); err != nil {
		return err
	}
	return t.outbox.Queue(tx, push)
}

func endsSessions(old, m *storev1.User) bool {
	return old.GetEnabled() != m.GetEnabled() || old.GetPasswordVersion() != m.GetPasswordVersion() ||
		old.GetEmail() != m.GetEmail() || old.GetUsername() != m.GetUsername() || old.GetTotp() != m.GetTotp() ||
		!slices.Equal(old.GetRoles(), m.GetRoles()) || !slices.Equal(old.GetOpenstackRoles(), m.GetOpenstackRoles())
}

// deliverRole tells how all users of a role stand, some at a time. Versions of users count
// in their own rows, so each gets a new one first: what identity has must be older.
func (s *Service) deliverRole(ctx context.Context, payload []byte) error {
	var m storev1.RolePush
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode role push: %w", err)
	}
	of := tenant.ID(m.GetTenant())
	holders, err := s.holders(ctx, of, m.GetRole())
	if err != nil {
		return gone(err)
	}
	for _, user := range holders {
		if err := s.advance(ctx, of, user); err != nil {
			return gone(err)
		}
		if err := s.pushSubject(ctx, of, user); err != nil {
			return err
		}
	}
	return nil
}

// holders are the ids of the users who have a role.
func (s *Service) holders(ctx context.Context, of tenant.ID, role int64) (ids []string, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		ids = nil
		for u, err := range s.tables.users.All(tx, scope(of), table.Page{}) {
			if err != nil {
				return err
			}
			if slices.Contains(u.GetRoles(), role) {
				ids = append(ids, u.GetId())
			}
		}
		return nil
	})
	return ids, err
}

// advance counts a user's version without another change.
func (s *Service) advance(ctx context.Context, of tenant.ID, user string) error {
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		u, err := s.tables.users.Get(tx, scope(of), user)
		if errors.Is(err, kv.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		m := proto.CloneOf(u)
		m.Version++
		return s.tables.users.Replace(tx, scope(of), u, m)
	})
}
