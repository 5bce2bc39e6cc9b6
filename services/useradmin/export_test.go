package useradmin

import (
	"context"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// ChangeUser changes a user as the handlers do, for tests that are not about them. It
// returns the user as changed.
func (s *Service) ChangeUser(ctx context.Context, of tenant.ID, user string, change func(*storev1.User)) (m *storev1.User, err error) {
	push, err := newSubjectPush(of, user)
	if err != nil {
		return nil, err
	}
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		u, err := s.tables.users.Get(tx, scope(of), user)
		if err != nil {
			return err
		}
		m = proto.CloneOf(u)
		change(m)
		return s.tables.replaceUser(tx, u, m, push)
	})
	s.tellSubject(ctx, of, user)
	return m, err
}
