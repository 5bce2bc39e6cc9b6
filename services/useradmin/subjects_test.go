package useradmin_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/useradmin"
)

// line is the way to identity: it can be down, and slow to a varying degree, so that what is
// sent first may arrive last.
type line struct {
	identityv1.AccessServiceClient
	down atomic.Bool
	slow time.Duration
}

func (l *line) carry(ctx context.Context) error {
	if l.slow > 0 {
		time.Sleep(rand.N(l.slow))
	}
	if l.down.Load() {
		return fault.Unavailable("the line is down")
	}
	return ctx.Err()
}

func (l *line) PutSubject(ctx context.Context, r *identityv1.PutSubjectRequest, o ...grpc.CallOption) (*identityv1.PutSubjectResponse, error) {
	if err := l.carry(ctx); err != nil {
		return nil, err
	}
	return l.AccessServiceClient.PutSubject(ctx, r, o...)
}

func (l *line) DeleteSubject(ctx context.Context, r *identityv1.DeleteSubjectRequest, o ...grpc.CallOption) (*identityv1.DeleteSubjectResponse, error) {
	if err := l.carry(ctx); err != nil {
		return nil, err
	}
	return l.AccessServiceClient.DeleteSubject(ctx, r, o...)
}

// lay has the service reach identity by the line.
func (l *line) lay(d *useradmin.Deps) { l.AccessServiceClient, d.Access = d.Access, l }

// granted is what a user may do by the roles that are shown.
func granted(u *useradminv1.User) []string {
	all := []string{"application-credentials.manage"}
	if u.GetOwner() {
		all = append(all, "openstack.admin", "useradmin.everything")
	}
	for _, role := range u.GetRoles() {
		if role.GetAdmin() {
			all = append(all, "useradmin.everything")
			continue
		}
		for _, p := range role.GetPermissions() {
			for _, action := range p.GetActions() {
				if len(p.GetResources()) == 0 || role.GetAccessAllResources() {
					all = append(all, strings.ReplaceAll(strings.TrimPrefix(p.GetApiName(), "/v1/"), "/", ".")+"."+strings.ToLower(action))
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// What is committed when the process dies, or while identity is away, reaches it within 5
// seconds of the next start.
func TestChangesReachIdentityAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{}
		w := newIdleWorld(t, l.lay)
		readers := w.role("readers", grant("/v1/users", "READ"))
		sessions := map[string]context.Context{}
		for _, id := range []string{"ann", "bea", "cat", "dee"} {
			sessions[id] = w.contabo(acme, w.user(id, readers))
		}
		l.down.Store(true)
		expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "bea", Enabled: proto.Bool(false)}), codes.OK)
		expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "cat", Roles: []int64{3}}), codes.OK)
		_, err := w.users.DeleteUser(w.all(), &useradminv1.DeleteUserRequest{UserId: "dee"})
		expect(t, err, codes.OK)
		_, err = w.roles.UpdateRole(w.all(), &useradminv1.UpdateRoleRequest{
			RoleId: readers, Name: "readers", Permissions: []*useradminv1.RoleGrant{grant("/v1/roles", "READ")},
		})
		expect(t, err, codes.OK)
		for id, session := range sessions {
			if got := w.may(session); !slices.Contains(got, "users.read") {
				t.Fatalf("%s may do %q, but identity was told nothing", id, got)
			}
		}
		l.down.Store(false)
		w.run(w.service.Run)
		time.Sleep(5 * time.Second)
		if got := w.may(sessions["ann"]); !slices.Equal(got, []string{"application-credentials.manage", "roles.read"}) {
			t.Errorf("ann may do %q", got)
		}
		for _, id := range []string{"bea", "cat", "dee"} {
			if got := w.may(sessions[id]); got != nil {
				t.Errorf("%s may do %q", id, got)
			}
		}
	})
}

// However pushes overtake each other, identity ends up with what the last change says.
func TestPushesInAnyOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{slow: 100 * time.Millisecond}
		w := newIdleWorld(t, l.lay)
		w.run(w.service.Run)
		role, other := w.role("role"), w.role("other", grant("/v1/roles", "READ"))
		for i := range 4 {
			w.user("u" + strconv.Itoa(i))
		}
		all := w.all()
		var storm errgroup.Group
		for i := range 4 {
			id := "u" + strconv.Itoa(i)
			storm.Go(func() error {
				for range 15 {
					given := [][]int64{{role}, {role, other}, {other}, {}}[rand.N(4)]
					if err := w.update(all, &useradminv1.UpdateUserRequest{UserId: id, Roles: given}, "roles"); err != nil {
						return err
					}
				}
				return nil
			})
			storm.Go(func() error {
				for range 15 {
					action := []string{"CREATE", "READ", "UPDATE", "DELETE"}[rand.N(4)]
					_, err := w.roles.UpdateRole(all, &useradminv1.UpdateRoleRequest{
						RoleId: role, Name: "role", Permissions: []*useradminv1.RoleGrant{grant("/v1/users", action)},
					})
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := storm.Wait(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		for i := range 4 {
			u := w.get("u" + strconv.Itoa(i))
			if got := w.may(w.contabo(acme, u.GetUserId())); !slices.Equal(got, granted(u)) {
				t.Errorf("%s may do %q, want %q", u.GetUserId(), got, granted(u))
			}
		}
	})
}
