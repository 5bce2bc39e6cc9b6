package useradmin

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	reasonRoleDefault = "ROLE_DEFAULT"
	reasonRoleInUse   = "ROLE_IN_USE"
)

// roleIDs is how many ids are tried for a new role: with a million roles, sixteen are taken
// once in 10^19 times.
const roleIDs = 16

// described is what requests say of a role.
type described interface {
	GetName() string
	GetAdmin() bool
	GetAccessAllResources() bool
	GetPermissions() []*useradminv1.RoleGrant
}

func newRole(of tenant.ID, r described) (*storev1.UserRole, error) {
	if err := checkLabel("name", r.GetName()); err != nil {
		return nil, err
	}
	grants, err := newGrants(r.GetPermissions())
	return &storev1.UserRole{
		Tenant: string(of), Name: r.GetName(), Admin: r.GetAdmin(), AccessAllResources: r.GetAccessAllResources(), Grants: grants,
		CreatedAtMs: time.Now().UnixMilli(),
	}, err
}

func (s roles) CreateRole(ctx context.Context, r *useradminv1.CreateRoleRequest) (*useradminv1.CreateRoleResponse, error) {
	p, err := require(ctx, permCreateRoles)
	if err != nil {
		return nil, err
	}
	m, err := newRole(p.Tenant, r)
	if err != nil {
		return nil, err
	}
	ids := newRoleIDs()
	fresh, change, done := newAccount(p.Tenant, nil), newChange(ctx, kindRole, actionCreated), audit.Event(ctx, "role.create", "")
	answer := &useradminv1.CreateRoleResponse{}
	err = s.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := s.s.tables.mayShape(tx, p, m); err != nil {
			return err
		}
		account, err := s.s.tables.accountOr(tx, p.Tenant, fresh)
		if err != nil {
			return err
		}
		if m.Id, err = s.s.tables.freeRole(tx, p.Tenant, ids); err != nil {
			return err
		}
		answer.TenantId, answer.CustomerId, answer.RoleId = account.GetTenantId(), account.GetCustomerId(), m.GetId()
		if err := s.s.tables.roles.Insert(tx, scope(p.Tenant), m); err != nil {
			return err
		}
		return s.s.tables.recordRole(tx, p.Tenant, change, done, nil, m)
	})
	return answer, err
}

// newRoleIDs are ids for a new role, to be made before its transaction.
func newRoleIDs() []int64 {
	ids := make([]int64, roleIDs)
	for i := range ids {
		ids[i] = firstRoleID + rand.Int64N(maxRoleID-firstRoleID+1)
	}
	return ids
}

// freeRole returns the first of some ids that no role has.
func (t *tables) freeRole(tx kv.Reader, of tenant.ID, ids []int64) (int64, error) {
	for _, id := range ids {
		if _, err := t.role(tx, of, id); errors.Is(err, kv.ErrNotFound) {
			return id, nil
		} else if err != nil {
			return 0, err
		}
	}
	return 0, fault.Unavailable("no id was free for the role; try again")
}

// UpdateRole reads the tenant's users, and gives those who have the role a new version in
// the same transaction: what identity is told of a version is always the same.
func (s roles) UpdateRole(ctx context.Context, r *useradminv1.UpdateRoleRequest) (*useradminv1.UpdateRoleResponse, error) {
	p, err := require(ctx, permUpdateRoles)
	if err != nil {
		return nil, err
	}
	like, err := newRole(p.Tenant, r)
	if err != nil {
		return nil, err
	}
	push, err := newRolePush(p.Tenant, r.GetRoleId())
	if err != nil {
		return nil, err
	}
	change, done := newChange(ctx, kindRole, actionUpdated), audit.Event(ctx, "role.update", strconv.FormatInt(r.GetRoleId(), 10))
	var told bool
	err = s.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		told = false
		old, err := s.s.tables.ownRole(tx, p.Tenant, r.GetRoleId())
		if err != nil {
			return err
		}
		m := proto.CloneOf(like)
		m.Id, m.CreatedAtMs = old.GetId(), old.GetCreatedAtMs()
		if err := s.s.tables.mayShape(tx, p, old, m); err != nil || proto.Equal(old, m) {
			return err
		}
		if err := s.s.tables.roles.Replace(tx, scope(p.Tenant), old, m); err != nil {
			return err
		}
		if !slices.Equal(granted(old), granted(m)) {
			told = true
			if err := s.s.tables.advance(tx, p.Tenant, m.GetId(), push); err != nil {
				return err
			}
		}
		return s.s.tables.recordRole(tx, p.Tenant, change, done, old, m)
	})
	if err != nil {
		return nil, err
	}
	if told {
		s.s.tellRole(ctx, p.Tenant, r.GetRoleId())
	}
	return &useradminv1.UpdateRoleResponse{}, nil
}

// DeleteRole reads the tenant's users.
func (s roles) DeleteRole(ctx context.Context, r *useradminv1.DeleteRoleRequest) (*useradminv1.DeleteRoleResponse, error) {
	p, err := require(ctx, permDeleteRoles)
	if err != nil {
		return nil, err
	}
	change, done := newChange(ctx, kindRole, actionDeleted), audit.Event(ctx, "role.delete", strconv.FormatInt(r.GetRoleId(), 10))
	err = s.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := s.s.tables.ownRole(tx, p.Tenant, r.GetRoleId())
		if err != nil {
			return err
		}
		if err := s.s.tables.mayShape(tx, p, old); err != nil {
			return err
		}
		held, err := s.s.tables.held(tx, p.Tenant, old.GetId())
		if err != nil {
			return err
		}
		if held {
			return fault.AlreadyExists(reasonRoleInUse, "users have this role; take it from them first")
		}
		if err := s.s.tables.roles.Delete(tx, scope(p.Tenant), old); err != nil {
			return err
		}
		return s.s.tables.recordRole(tx, p.Tenant, change, done, old, nil)
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.DeleteRoleResponse{}, nil
}
