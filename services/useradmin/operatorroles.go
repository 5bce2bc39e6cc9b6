package useradmin

import (
	"context"
	"errors"
	"slices"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const reasonRoleTaken = "ROLE_EXISTS"

// AddRole may make a role of any power: the operator has it all.
func (o operator) AddRole(ctx context.Context, r *useradminv1.AddRoleRequest) (*useradminv1.AddRoleResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	of := tenant.ID(r.GetTenant())
	m, err := newRole(of, r.GetRole())
	if err != nil {
		return nil, err
	}
	ids := newRoleIDs()
	change, done := newChange(ctx, kindRole, actionCreated), audit.Event(ctx, "role.create", "")
	err = o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		m.Id = r.GetRoleId()
		there, err := o.s.tables.role(tx, of, m.GetId())
		switch {
		case err == nil:
			return compareRole(m, there)
		case !errors.Is(err, kv.ErrNotFound):
			return err
		case m.GetId() == 0:
			if m.Id, err = o.s.tables.freeRole(tx, of, ids); err != nil {
				return err
			}
		}
		if err := o.s.tables.roles.Insert(tx, scope(of), m); err != nil {
			return err
		}
		return o.s.tables.recordRole(tx, of, change, done, nil, m)
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.AddRoleResponse{RoleId: m.GetId()}, nil
}

func compareRole(m, there *storev1.UserRole) error {
	var d differences
	d.text("name", m.GetName(), there.GetName())
	d.add("admin", m.GetAdmin() != there.GetAdmin())
	d.add("access_all_resources", m.GetAccessAllResources() != there.GetAccessAllResources())
	d.add("permissions", !slices.EqualFunc(m.GetGrants(), there.GetGrants(), func(a, b *storev1.UserRoleGrant) bool { return proto.Equal(a, b) }))
	return d.exists(fault.AlreadyExists(reasonRoleTaken, "there is a role %d already", there.GetId()))
}
