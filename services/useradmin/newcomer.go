package useradmin

import (
	"cmp"
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	reasonUserTaken   = "USER_EXISTS"
	reasonUserUnknown = "USER_NOT_FOUND"
	reasonRoleUnknown = "ROLE_NOT_FOUND"
)

// newcomer is a user in the making, and all that is written with one.
type newcomer struct {
	user    *storev1.User
	account *storev1.Account // for a tenant that has none yet
	push    outbox.Message
	keys    provision
	change  *storev1.Change
	done    audit.Entry
}

// newNewcomer takes what is known of the user and adds the rest. The id is made where there
// is none, the username is the e-mail address where there is none.
func newNewcomer(ctx context.Context, of tenant.ID, like *storev1.User) (n newcomer, err error) {
	if err := errors.Join(checkEmail("email", like.GetEmail()), checkName("username", like.GetUsername())); err != nil {
		return newcomer{}, err
	}
	u := proto.CloneOf(like)
	u.Id, u.Tenant = cmp.Or(u.GetId(), id.UUID()), string(of)
	u.Username = normal(cmp.Or(u.GetUsername(), u.GetEmail()))
	u.Locale = cmp.Or(u.GetLocale(), "en")
	u.Roles = distinct(u.GetRoles())
	u.CreatedAtMs, u.Epoch, u.Version = time.Now().UnixMilli(), 1, 1
	n = newcomer{
		user: u, account: newAccount(of, nil), change: newChange(ctx, kindUser, actionCreated),
		done: audit.Event(ctx, "user.create", u.GetId()),
	}
	if n.push, err = newSubjectPush(of, u.GetId()); err != nil {
		return newcomer{}, err
	}
	n.keys, err = newProvision(of, u.GetId())
	return n, err
}

// add writes the newcomer. Roles must exist.
func (t *tables) add(tx kv.Writer, n newcomer) error {
	of := tenant.ID(n.user.GetTenant())
	if _, err := t.accountOr(tx, of, n.account); err != nil {
		return err
	}
	for _, role := range n.user.GetRoles() {
		if _, err := t.role(tx, of, role); err != nil {
			return unknownRole(err, role)
		}
	}
	if err := t.users.Insert(tx, scope(of), n.user); err != nil {
		return err
	}
	if err := t.writeChange(tx, of, n.change, n.user.GetId(), nil, userFields(n.user)); err != nil {
		return err
	}
	if err := t.audit.Write(tx, scope(of), n.done); err != nil {
		return err
	}
	if err := t.provide(tx, of, n.user.GetId(), n.keys); err != nil {
		return err
	}
	return t.urgent.Queue(tx, n.push)
}

// userFields are what audits show of a user.
func userFields(u *storev1.User) map[string]any {
	all := map[string]any{
		"firstName": u.GetFirstName(), "lastName": u.GetLastName(), "email": u.GetEmail(), "emailVerified": u.GetEmailVerified(),
		"enabled": u.GetEnabled(), "totp": u.GetTotp(), "owner": u.GetOwner(), "locale": u.GetLocale(), "roles": append([]int64{}, u.GetRoles()...),
	}
	if u.GetPendingEmail() != "" {
		all["pendingEmail"] = u.GetPendingEmail()
	}
	return all
}

func unknownRole(err error, role int64) error {
	if errors.Is(err, kv.ErrNotFound) {
		return fault.InvalidArgument(reasonRoleUnknown, "role %d does not exist", role)
	}
	return err
}

// taken words the clash of a user with another of the tenant.
func taken(err error) error {
	if errors.Is(err, table.ErrExists) {
		return fault.AlreadyExists(reasonUserTaken, "a user with this email already exists")
	}
	return err
}

// distinct leaves out repeats and keeps the order.
func distinct(ids []int64) []int64 {
	var kept []int64
	seen := map[int64]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}
