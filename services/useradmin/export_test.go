package useradmin

import (
	"context"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

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
