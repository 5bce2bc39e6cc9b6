package useradmin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
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
// trying: the change itself is committed. Object storages hear of it, too.
func (s *Service) tellSubject(ctx context.Context, of tenant.ID, user string) {
	if err := s.pushSubject(ctx, of, user); err != nil {
		s.deps.Log.WarnContext(ctx, "identity was not told of a user yet", "error", err)
	}
	s.tables.outbox.Ring()
	s.tables.mails.Ring()
	s.tables.principals.Ring()
}

func (s *Service) deliverSubject(ctx context.Context, payload []byte) error {
	var m storev1.SubjectPush
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode subject push: %w", err)
	}
	return s.pushSubject(ctx, tenant.ID(m.GetTenant()), m.GetUser())
}

// pushSubject tells how a user stands now. Repeats and late ones do no harm: the subject has
// a version. Whatever changes what a user may do, the user's row or a role's, counts it in
// the same transaction, so two pushes of one version say the same.
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

// newRolePush is to be queued in the transaction that changes what a role grants, and told by
// tellRole when that is committed.
func newRolePush(of tenant.ID, role int64) (outbox.Message, error) {
	return outbox.NewMessage(topicRole, &storev1.RolePush{Tenant: string(of), Role: role})
}

// tellRole tells identity at once how the users of a role stand. Where that fails, or there
// are too many of them for a request's time, the outbox goes on.
func (s *Service) tellRole(ctx context.Context, of tenant.ID, role int64) {
	if err := s.pushRole(ctx, of, role); err != nil {
		s.deps.Log.WarnContext(ctx, "identity was not told of a role's users yet", "error", err)
	}
	s.tables.outbox.Ring()
}

func (s *Service) deliverRole(ctx context.Context, payload []byte) error {
	var m storev1.RolePush
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode role push: %w", err)
	}
	return s.pushRole(ctx, tenant.ID(m.GetTenant()), m.GetRole())
}

// pushesAtOnce bounds the calls that one role makes to identity side by side.
const pushesAtOnce = 16

// pushRole tells how the users of a role stand now. Who gets the role later, or loses it, is
// pushed for that. One user who can't be told keeps no other from it.
func (s *Service) pushRole(ctx context.Context, of tenant.ID, role int64) error {
	var ids []string
	err := s.deps.Store.View(ctx, func(tx kv.Reader) error {
		ids = nil
		for u, err := range s.tables.holders(tx, of, role) {
			if err != nil {
				return err
			}
			ids = append(ids, u.GetId())
		}
		return nil
	})
	if err != nil {
		return gone(err)
	}
	var pushes errgroup.Group
	pushes.SetLimit(pushesAtOnce)
	for _, id := range ids {
		pushes.Go(func() error { return s.pushSubject(ctx, of, id) })
	}
	return pushes.Wait()
}
