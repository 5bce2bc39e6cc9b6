package useradmin

import (
	"iter"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// ownRole returns a role of the tenant's own, which may change.
func (t *tables) ownRole(tx kv.Reader, of tenant.ID, id int64) (*storev1.UserRole, error) {
	if defaultRole(id) != nil {
		return nil, fault.PermissionDenied(reasonRoleDefault, "default roles don't change; make a role of your own")
	}
	role, err := t.role(tx, of, id)
	return role, absent(err)
}

// holders are the users who have a role. All users are read: roles change rarely.
func (t *tables) holders(tx kv.Reader, of tenant.ID, role int64) iter.Seq2[*storev1.User, error] {
	return func(yield func(*storev1.User, error) bool) {
		for u, err := range t.users.All(tx, scope(of), table.Page{}) {
			if err != nil || slices.Contains(u.GetRoles(), role) {
				if !yield(u, err) {
					return
				}
			}
		}
	}
}

// held tells whether any user has a role.
func (t *tables) held(tx kv.Reader, of tenant.ID, role int64) (bool, error) {
	for _, err := range t.holders(tx, of, role) {
		return err == nil, err
	}
	return false, nil
}

// advance gives all who have a role another version, because they may do something else
// now, and queues the push that tells identity.
func (t *tables) advance(tx kv.Writer, of tenant.ID, role int64, push outbox.Message) error {
	for u, err := range t.holders(tx, of, role) {
		if err != nil {
			return err
		}
		m := proto.CloneOf(u)
		m.Version++
		if err := t.users.Replace(tx, scope(of), u, m); err != nil {
			return err
		}
	}
	return t.outbox.Queue(tx, push)
}

// recordRole writes down what happened to a role; nil is one that is not there.
func (t *tables) recordRole(tx kv.Writer, of tenant.ID, change *storev1.Change, done audit.Entry, old, m *storev1.UserRole) error {
	id := strconv.FormatInt(max(old.GetId(), m.GetId()), 10)
	if err := t.writeChange(tx, of, change, id, roleFields(old), roleFields(m)); err != nil {
		return err
	}
	return t.audit.Write(tx, scope(of), done.On(id))
}

// grantFields is what audits show of what a role may do with one API.
type grantFields struct {
	APIName   string   `json:"apiName"`
	Actions   []string `json:"actions"`
	Resources []int64  `json:"resources,omitempty"`
}

// roleFields are what audits show of a role.
func roleFields(role *storev1.UserRole) map[string]any {
	if role == nil {
		return nil
	}
	permissions := []grantFields{}
	for _, g := range role.GetGrants() {
		permissions = append(permissions, grantFields{APIName: g.GetApiName(), Actions: g.GetActions(), Resources: g.GetResources()})
	}
	return map[string]any{
		"name": role.GetName(), "admin": role.GetAdmin(), "accessAllResources": role.GetAccessAllResources(), "permissions": permissions,
	}
}
