package useradmin_test

import (
	"context"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/services/useradmin"
)

// everything are the permissions of a root key that may do all that users may.
var everything = append(useradmin.Permissions(), "openstack.creator", "openstack.admin")

// all is a context with a root key of acme's that may do everything.
func (w *world) all() context.Context { return w.rootKey(acme, everything...) }

// grant is what a role is to be allowed.
func grant(api string, actions ...string) *useradminv1.RoleGrant {
	return &useradminv1.RoleGrant{ApiName: api, Actions: actions}
}

// role makes a role of acme's.
func (w *world) role(name string, grants ...*useradminv1.RoleGrant) int64 {
	w.t.Helper()
	r, err := w.roles.CreateRole(w.all(), &useradminv1.CreateRoleRequest{Name: name, Permissions: grants})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetRoleId()
}

// user makes a user of acme's who has roles and an address of the name.
func (w *world) user(name string, roles ...int64) string {
	w.t.Helper()
	return w.add(&useradminv1.AddUserRequest{Id: name, Roles: roles}).GetId()
}

// get returns a user of acme's.
func (w *world) get(id string) *useradminv1.User {
	w.t.Helper()
	r, err := w.users.GetUser(w.all(), &useradminv1.GetUserRequest{UserId: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetUser()
}

// update changes a user of acme's by the fields that a mask names; by those that are set
// without one.
func (w *world) update(ctx context.Context, r *useradminv1.UpdateUserRequest, mask ...string) error {
	if mask != nil {
		r.UpdateMask = &fieldmaskpb.FieldMask{Paths: mask}
	}
	_, err := w.users.UpdateUser(ctx, r)
	return err
}

// may is what identity lets a session do; nil when it is void.
func (w *world) may(session context.Context) []string {
	w.t.Helper()
	sent, _ := metadata.FromOutgoingContext(session)
	digest := auth.DigestOf(strings.TrimPrefix(sent.Get("authorization")[0], "Bearer "))
	r, err := w.access.VerifyCredential(w.t.Context(), &identityv1.VerifyCredentialRequest{Digest: digest[:]})
	if err != nil {
		expect(w.t, err, codes.Unauthenticated)
	}
	return r.GetPermissions()
}

// rows are all records of a kind in a scope.
func rows[M proto.Message](w *world, s table.Scope) (all []M) {
	w.t.Helper()
	err := w.store.View(context.Background(), func(tx kv.Reader) error {
		all = nil
		for _, t := range tablesOf[M](w) {
			for m, err := range t.All(tx, s, table.Page{}) {
				if err != nil {
					return err
				}
				all = append(all, m)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// tableOf is the service's table of some record.
func tableOf[M proto.Message](w *world) *table.Table[M] {
	w.t.Helper()
	return tablesOf[M](w)[0]
}

// tablesOf are the service's tables of some record: outboxes have one each.
func tablesOf[M proto.Message](w *world) (all []*table.Table[M]) {
	w.t.Helper()
	for _, t := range w.service.Tables() {
		if t, ok := t.(*table.Table[M]); ok {
			all = append(all, t)
		}
	}
	if all == nil {
		w.t.Fatal("there is no table of such records")
	}
	return all
}

// put adds a row to a table of acme's.
func put[M proto.Message](w *world, m M) {
	w.t.Helper()
	err := w.store.Update(context.Background(), func(tx kv.Writer) error {
		return tableOf[M](w).Insert(tx, table.Of(acme), m)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// edit changes a user of acme's as no call does.
func edit(w *world, id string, change func(*storev1.User)) {
	w.t.Helper()
	err := w.store.Update(context.Background(), func(tx kv.Writer) error {
		users := tableOf[*storev1.User](w)
		old, err := users.Get(tx, table.Of(acme), id)
		if err != nil {
			return err
		}
		m := proto.CloneOf(old)
		change(m)
		return users.Replace(tx, table.Of(acme), old, m)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
