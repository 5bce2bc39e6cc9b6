package secretcontainer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// lists are the methods of one kind of access control list.
type lists struct {
	get                     func() (*secretcontainerv1.Acl, error)
	replace, update, remove func(*secretcontainerv1.ReadChange) error
}

func (s *safe) secretLists(id string) lists {
	return lists{
		get: func() (*secretcontainerv1.Acl, error) {
			r, err := s.acls.GetSecretAcl(s.alice, &secretcontainerv1.GetSecretAclRequest{SecretId: id})
			return r.GetAcl(), err
		},
		replace: func(c *secretcontainerv1.ReadChange) error {
			return failed(s.acls.ReplaceSecretAcl(s.alice, &secretcontainerv1.ReplaceSecretAclRequest{SecretId: id, Read: c}))
		},
		update: func(c *secretcontainerv1.ReadChange) error {
			return failed(s.acls.UpdateSecretAcl(s.alice, &secretcontainerv1.UpdateSecretAclRequest{SecretId: id, Read: c}))
		},
		remove: func(*secretcontainerv1.ReadChange) error {
			return failed(s.acls.DeleteSecretAcl(s.alice, &secretcontainerv1.DeleteSecretAclRequest{SecretId: id}))
		},
	}
}

func (s *safe) containerLists(id string) lists {
	return lists{
		get: func() (*secretcontainerv1.Acl, error) {
			r, err := s.acls.GetContainerAcl(s.alice, &secretcontainerv1.GetContainerAclRequest{ContainerId: id})
			return r.GetAcl(), err
		},
		replace: func(c *secretcontainerv1.ReadChange) error {
			return failed(s.acls.ReplaceContainerAcl(s.alice, &secretcontainerv1.ReplaceContainerAclRequest{ContainerId: id, Read: c}))
		},
		update: func(c *secretcontainerv1.ReadChange) error {
			return failed(s.acls.UpdateContainerAcl(s.alice, &secretcontainerv1.UpdateContainerAclRequest{ContainerId: id, Read: c}))
		},
		remove: func(*secretcontainerv1.ReadChange) error {
			return failed(s.acls.DeleteContainerAcl(s.alice, &secretcontainerv1.DeleteContainerAclRequest{ContainerId: id}))
		},
	}
}

// text is a list in short.
func text(a *secretcontainerv1.Acl) string {
	if a.GetRead().GetUsers() == nil {
		return fmt.Sprint(a.GetRead().GetProjectAccess(), " no list")
	}
	return fmt.Sprint(a.GetRead().GetProjectAccess(), " ", strings.Join(a.GetRead().GetUsers().GetIds(), ","))
}

func named(users ...string) *secretcontainerv1.ReadChange {
	return &secretcontainerv1.ReadChange{Users: &secretcontainerv1.Users{Ids: users}}
}

func open(yes bool) *secretcontainerv1.ReadChange {
	return &secretcontainerv1.ReadChange{ProjectAccess: &yes}
}

func TestListsChange(t *testing.T) {
	s := newSafe(t)
	secret, container := s.bare(s.alice), s.contain(s.alice)
	for kind, l := range map[string]lists{"secret": s.secretLists(secret), "container": s.containerLists(container)} {
		for _, c := range []struct {
			name string
			do   func(*secretcontainerv1.ReadChange) error
			give *secretcontainerv1.ReadChange
			want string
		}{
			{"delete none", l.remove, nil, "true no list"},
			{"update nothing of none", l.update, &secretcontainerv1.ReadChange{}, "true no list"},
			{"update none", l.update, nil, "true no list"},
			{"update the users of none", l.update, named("a"), "true a"},
			{"delete", l.remove, nil, "true no list"},
			{"update the access of none", l.update, open(false), "false "},
			{"replace by users, twice the same", l.replace, named("c", "b", "c"), "true c,b"},
			{"update access", l.update, open(false), "false c,b"},
			{"update nothing", l.update, &secretcontainerv1.ReadChange{}, "false c,b"},
			{"update users", l.update, named("b", "a"), "false b,a"},
			{"update by no users", l.update, named(), "false "},
			{"replace by access", l.replace, open(false), "false "},
			{"replace by nothing said", l.replace, &secretcontainerv1.ReadChange{}, "true "},
			{"replace by none", l.replace, nil, "true no list"},
		} {
			if err := c.do(c.give); err != nil {
				t.Errorf("%s: %s: %v", kind, c.name, err)
			}
			if got, err := l.get(); text(got) != c.want || err != nil {
				t.Errorf("%s: %s: got %q, %v", kind, c.name, text(got), err)
			}
		}
	}
	for id, event := range map[string]string{secret: "secret.acl.change", container: "container.acl.change"} {
		changes := slices.DeleteFunc(s.events(acme, id), func(e string) bool { return e != "alice "+event })
		if len(changes) != 10 {
			t.Errorf("%d records %s of 10 changes", len(changes), event)
		}
	}
}

func TestListsHaveDates(t *testing.T) {
	s := newSafe(t)
	id := s.bare(s.alice)
	l := s.secretLists(id)
	expect(t, l.replace(named("a")), codes.OK)
	made, _ := l.get()
	expect(t, l.replace(named("b")), codes.OK)
	got, _ := l.get()
	first, last := got.GetRead().GetCreated().AsTime(), got.GetRead().GetUpdated().AsTime()
	if !first.Equal(made.GetRead().GetCreated().AsTime()) || !last.After(first) {
		t.Errorf("created %v, then %v, updated %v", made.GetRead().GetCreated().AsTime(), first, last)
	}
	if m := s.describe(s.alice, id); !m.GetUpdated().AsTime().Equal(last) {
		t.Errorf("the secret was updated %v, its list %v", m.GetUpdated().AsTime(), last)
	}
}

func TestListsThatAreRefused(t *testing.T) {
	s := newSafe(t)
	id := s.bare(s.alice)
	for name, users := range map[string][]string{
		"too many users": slices.Repeat([]string{"u"}, 1001),
		"a long id":      {strings.Repeat("u", 256)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, change := range []func(*secretcontainerv1.ReadChange) error{s.secretLists(id).replace, s.secretLists(id).update} {
				refused(t, change(named(users...)), codes.InvalidArgument, fault.ReasonInvalid)
			}
		})
	}
}

// A container's list opens none of the secrets in it.
func TestContainersOpenNoSecrets(t *testing.T) {
	s := newSafe(t)
	id := s.keep(s.alice, "n", "text")
	expect(t, s.containerLists(s.contain(s.alice, ref("a", id))).replace(named("bob")), codes.OK)
	_, err := s.open(s.bob, id, "")
	expect(t, err, codes.PermissionDenied)
}
