package useradmin

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
)

// userUpdate is a change of a user and all that is written with it.
type userUpdate struct {
	edit   userEdit
	push   outbox.Message
	change *storev1.Change
	done   audit.Entry
	orders []mailOrder
	keys   credentialPush
}

// UpdateUser that changes nothing leaves no trace.
func (u users) UpdateUser(ctx context.Context, r *useradminv1.UpdateUserRequest) (*useradminv1.UpdateUserResponse, error) {
	p, err := requireSelfOr(ctx, r.GetUserId(), permUpdateUsers)
	if err != nil {
		return nil, err
	}
	edit, err := newUserEdit(r)
	if err != nil {
		return nil, err
	}
	if err := edit.allowed(p); err != nil {
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
	w := userUpdate{
		edit: edit, push: push, keys: keys, change: newChange(ctx, kindUser, actionUpdated),
		done: audit.Event(ctx, "user.update", r.GetUserId()).With("fields", strings.Join(edit.names, ",")),
	}
	err = u.s.onUser(ctx, p, r.GetUserId(), func(seen *storev1.User, _ *storev1.Account) (_ work, err error) {
		w.orders, err = u.s.ordersFor(seen, edit.apply(seen))
		return func(tx kv.Writer, old *storev1.User) error { return u.s.tables.updateUser(tx, p, old, w) }, err
	})
	if err != nil {
		return nil, taken(err)
	}
	u.s.tellSubject(ctx, p.Tenant, r.GetUserId())
	if edit.has("enabled") {
		u.s.tellStorages(ctx, p.Tenant, r.GetUserId())
	}
	return &useradminv1.UpdateUserResponse{}, nil
}

func (t *tables) updateUser(tx kv.Writer, p *auth.Principal, old *storev1.User, w userUpdate) error {
	m := w.edit.apply(old)
	if err := t.mayBecome(tx, p, old, m); err != nil || proto.Equal(old, m) {
		return err
	}
	if err := t.replaceUser(tx, old, m, w.push); err != nil {
		return err
	}
	if old.GetEmail() != m.GetEmail() {
		if err := t.dropLinks(tx, p.Tenant, m.GetId()); err != nil {
			return err
		}
	}
	if old.GetEnabled() != m.GetEnabled() {
		if err := t.switchCredentials(tx, p.Tenant, m.GetId(), w.keys); err != nil {
			return err
		}
	}
	if err := t.orderMails(tx, w.orders...); err != nil {
		return err
	}
	if err := t.writeChange(tx, p.Tenant, w.change, m.GetId(), userFields(old), userFields(m)); err != nil {
		return err
	}
	return t.audit.Write(tx, scope(p.Tenant), w.done)
}

// mayBecome refuses roles above the caller, and an owner who can't log in.
func (t *tables) mayBecome(tx kv.Reader, p *auth.Principal, old, m *storev1.User) error {
	if m.GetOwner() && !m.GetEnabled() {
		return fault.PermissionDenied(reasonOwner, "the owner can't be disabled")
	}
	if slices.Equal(old.GetRoles(), m.GetRoles()) {
		return nil
	}
	return t.mayGive(tx, p, p.Tenant, m.GetRoles())
}
