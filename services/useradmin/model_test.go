package useradmin_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"pgregory.net/rapid"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// TestNobodyGivesMoreThanTheyHave has callers with random permissions keep users and roles,
// and compares with a model who may do what. What a call adds to anybody's permissions is
// the caller's.
func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	w := newIdleWorld(t, nil)
	var round int
	rapid.Check(t, func(t *rapid.T) {
		round++
		m := newModel(t, w, fmt.Sprintf("t%d", round))
		t.Repeat(map[string]func(*rapid.T){
			"create user": m.createUser, "update user": m.updateUser, "delete user": m.deleteUser, "reset": m.resetPassword,
			"create role": m.createRole, "update role": m.updateRole, "delete role": m.deleteRole,
			"": m.compare,
		})
	})
}

// set is permissions.
type set map[string]bool

func setOf(permissions ...string) set {
	s := set{}
	for _, p := range permissions {
		s[p] = true
	}
	return s
}

// person is a user of the model.
type person struct {
	roles                 []int64
	stack, owner, enabled bool
}

type model struct {
	w      *world
	tenant string
	keys   map[string]caller
	people map[string]*person
	roles  map[int64]set
	made   int                        // users, for their names
	open   map[string]context.Context // sessions that may have ended
	before map[string]set             // what people could do before the call
	caller caller                     // of the call
}

// caller is who calls, and what they may do.
type caller struct {
	ctx  context.Context
	self string // empty for keys
	may  set
	all  bool // whatever it is
}

// words are what root keys of the model may do, some of it.
var words = []string{
	"users.create", "users.read", "users.update", "users.delete", "roles.create", "roles.update", "roles.delete",
	"users.client.read", "object-storages.read", "useradmin.everything", "openstack.creator",
}

func newModel(t *rapid.T, w *world, tenant string) *model {
	_, err := identityv1.NewTenantServiceClient(w.internal).CreateTenant(context.Background(), &identityv1.CreateTenantRequest{Id: tenant})
	if err != nil {
		t.Fatal(err)
	}
	m := &model{w: w, tenant: tenant, keys: map[string]caller{}, people: map[string]*person{}, open: map[string]context.Context{}, roles: map[int64]set{
		1: setOf("useradmin.everything"),
		2: setOf("users.read", "roles.read", "object-storages.read", "users.object-storages.credentials.read", "users.object-storages.credentials.update"),
		3: setOf("object-storages.read"),
		4: setOf("object-storages.read", "users.object-storages.credentials.read", "users.object-storages.credentials.update"),
	}}
	for i := range 3 {
		some := rapid.SliceOfNDistinct(rapid.SampledFrom(words), 1, len(words), rapid.ID).Draw(t, "key")
		m.keys[fmt.Sprint("key", i)] = caller{ctx: w.rootKey(tenant, some...), may: setOf(some...)}
	}
	for id, p := range map[string]*person{
		"owner": {owner: true, enabled: true}, "chief": {roles: []int64{1}, enabled: true},
		"stack": {roles: []int64{2}, stack: true, enabled: true}, "plain": {enabled: true},
	} {
		id = tenant + id
		r := &useradminv1.AddUserRequest{Tenant: tenant, Id: id, Owner: p.owner, Roles: p.roles}
		if p.stack {
			r.OpenstackRoles = []string{"creator"}
		}
		w.add(r)
		m.people[id] = p
	}
	m.before = m.mayAll()
	return m
}

// permissions are what a user may do.
func (m *model) permissions(p *person) set {
	all := set{}
	for _, role := range p.roles {
		maps.Copy(all, m.roles[role])
	}
	if p.stack {
		all["openstack.creator"] = true
	}
	if p.owner {
		maps.Copy(all, setOf("useradmin.everything", "openstack.admin"))
	}
	return all
}

// call draws who calls.
func (m *model) call(t *rapid.T) caller {
	who := slices.Sorted(maps.Keys(m.keys))
	for _, id := range m.ids() {
		if m.people[id].enabled {
			who = append(who, id)
		}
	}
	name := rapid.SampledFrom(who).Draw(t, "caller")
	var ok bool
	if m.caller, ok = m.keys[name]; !ok {
		m.caller = caller{ctx: m.w.contabo(m.tenant, name), self: name, may: m.permissions(m.people[name]), all: m.people[name].owner}
	}
	return m.caller
}

func (m *model) ids() []string { return slices.Sorted(maps.Keys(m.people)) }

func (c caller) can(perm string) bool { return c.may[perm] || c.may["useradmin.everything"] }

// above tells whether permissions are above the caller.
func (c caller) above(permissions set) bool {
	for perm := range permissions {
		if !c.all && !c.may[perm] && (strings.HasPrefix(perm, "openstack.") || !c.may["useradmin.everything"]) {
			return true
		}
	}
	return false
}

// mayAll is what identity lets everybody do, by id; people who are disabled are left out.
func (m *model) mayAll() map[string]set {
	all := map[string]set{}
	for _, id := range m.ids() {
		if !m.people[id].enabled {
			continue
		}
		may := []string(nil)
		if m.open[id] != nil {
			may = m.w.may(m.open[id])
		}
		if may == nil {
			m.open[id] = m.w.keystone(m.tenant, id)
			may = m.w.may(m.open[id])
		}
		all[id] = setOf(may...)
		delete(all[id], "application-credentials.manage")
	}
	return all
}

// compare checks who may do what, and whether it is the last caller's to give.
func (m *model) compare(t *rapid.T) {
	now := m.mayAll()
	for id, may := range now {
		if want := m.permissions(m.people[id]); !maps.Equal(may, want) {
			t.Fatalf("%s may do %v, want %v", id, may, want)
		}
		gained := maps.Clone(may)
		maps.DeleteFunc(gained, func(perm string, _ bool) bool { return m.before[id][perm] })
		if m.caller.above(gained) {
			t.Fatalf("%s could do %v, and may do %v by one who may do %v", id, m.before[id], may, m.caller.may)
		}
	}
	m.before = now
}

// outcome fails unless a call ended as it must.
func outcome(t *rapid.T, err error, want codes.Code) {
	got := codes.OK
	if err != nil {
		got = fault.From(err).Code
	}
	if got != want {
		t.Fatalf("got %v (%v), want %v", got, err, want)
	}
}
