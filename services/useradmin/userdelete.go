package useradmin

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// DeleteUser leaves the records of what was done, and nothing else.
func (u users) DeleteUser(ctx context.Context, r *useradminv1.DeleteUserRequest) (*useradminv1.DeleteUserResponse, error) {
	p, err := require(ctx, permDeleteUsers)
	if err != nil {
		return nil, err
	}
	push, err := newSubjectPush(p.Tenant, r.GetUserId())
	if err != nil {
		return nil, err
	}
	keys, err := newCredentialPush(p.Tenant, r.GetUserId())
	if err != nil {
		return nil, err
	}
	change, done := newChange(ctx, kindUser, actionDeleted), audit.Event(ctx, "user.delete", r.GetUserId())
	err = u.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := u.s.tables.touchable(tx, p, r.GetUserId())
		if err != nil {
			return err
		}
		if m.GetOwner() {
			return fault.PermissionDenied(reasonOwner, "the owner can't be deleted")
		}
		if err := u.s.tables.writeChange(tx, p.Tenant, change, m.GetId(), userFields(m), nil); err != nil {
			return err
		}
		if err := u.s.tables.dropUser(tx, p.Tenant, m, keys); err != nil {
			return err
		}
		if err := u.s.tables.audit.Write(tx, scope(p.Tenant), done); err != nil {
			return err
		}
		return u.s.tables.outbox.Queue(tx, push)
	})
	if err != nil {
		return nil, err
	}
	u.s.tellSubject(ctx, p.Tenant, r.GetUserId())
	u.s.tellStorages(ctx, p.Tenant, r.GetUserId())
	return &useradminv1.DeleteUserResponse{}, nil
}

// dropUser deletes a user and all that is a user's. Its cost grows with the sessions at
// Keystone that the user has.
func (t *tables) dropUser(tx kv.Writer, of tenant.ID, u *storev1.User, keys credentialPush) error {
	return errors.Join(
		t.dropLinks(tx, of, u.GetId()),
		t.dropCredentials(tx, of, u.GetId(), keys),
		drop(tx, of, t.appCredentials, byUser, u.GetId()),
		drop(tx, of, t.tokens, byUser, u.GetId()),
		t.users.Delete(tx, scope(of), u),
	)
}

// drop deletes the rows that a table's index has under values.
func drop[M proto.Message](tx kv.Writer, of tenant.ID, from *table.Table[M], index string, values ...string) error {
	for m, err := range from.Each(tx, scope(of), table.Page{}, index, values...) {
		if err == nil {
			err = from.Delete(tx, scope(of), m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
