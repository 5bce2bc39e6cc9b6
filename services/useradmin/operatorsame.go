package useradmin

import (
	"errors"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// unlike refuses a new user who is there already, by id, username or address, and one who
// was: to identity a deleted user's id stays one of nobody.
func (t *tables) unlike(tx kv.Reader, r *useradminv1.AddUserRequest, m *storev1.User) error {
	of := tenant.ID(m.GetTenant())
	for _, find := range []func() (*storev1.User, error){
		func() (*storev1.User, error) { return t.users.Get(tx, scope(of), m.GetId()) },
		func() (*storev1.User, error) { return t.users.Find(tx, scope(of), byUsername, m.GetUsername()) },
		func() (*storev1.User, error) { return t.users.Find(tx, scope(of), byEmail, normal(m.GetEmail())) },
	} {
		there, err := find()
		if err == nil {
			return compareUser(r, there)
		}
		if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
	}
	for _, err := range t.changes.Each(tx, scope(of), table.Page{Limit: 1}, byObject, kindUser, m.GetId()) {
		if err != nil {
			return err
		}
		return fault.AlreadyExists(reasonUserTaken, "there was a user with the id %s, who was deleted", m.GetId())
	}
	return nil
}

// named is the user of an id, or else of a username, or else of an e-mail address.
func (t *tables) named(tx kv.Reader, of tenant.ID, name string) (*storev1.User, error) {
	u, err := t.users.Get(tx, scope(of), name)
	if !errors.Is(err, kv.ErrNotFound) {
		return u, err
	}
	u, err = t.users.Find(tx, scope(of), byUsername, normal(name))
	if !errors.Is(err, kv.ErrNotFound) {
		return u, err
	}
	return t.users.Find(tx, scope(of), byEmail, normal(name))
}

func compareUser(r *useradminv1.AddUserRequest, there *storev1.User) error {
	var d differences
	d.text("id", r.GetId(), there.GetId())
	d.text("username", normal(r.GetUsername()), there.GetUsername())
	d.text("email", normal(r.GetEmail()), normal(there.GetEmail()))
	d.text("first_name", r.GetFirstName(), there.GetFirstName())
	d.text("last_name", r.GetLastName(), there.GetLastName())
	d.add("owner", r.GetOwner() != there.GetOwner())
	d.add("disabled", r.GetDisabled() == there.GetEnabled())
	d.add("totp", r.GetTotp() != there.GetTotp())
	d.text("locale", r.GetLocale(), there.GetLocale())
	d.add("roles", !sameSet(r.GetRoles(), there.GetRoles()))
	d.add("openstack_roles", !sameSet(r.GetOpenstackRoles(), there.GetOpenstackRoles()))
	return d.exists(fault.AlreadyExists(reasonUserTaken, "there is a user with this id, username or e-mail address"))
}
