package useradmin

import (
	"context"
	"errors"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const reasonRoleTaken = "ROLE_EXISTS"

// AddRole may make a role of any power: the operator has it all.
func (o operator) AddRole(ctx context.Context, r *useradminv1.AddRoleRequest) (*useradminv1.AddRoleResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	of := tenant.ID(r.GetTenant())
	like := &storev1.UserRole{
		Tenant: r.GetTenant(), Name: r.GetRole().GetName(), Admin: r.GetRole().GetAdmin(),
		AccessAllResources: r.GetRole().GetAccessAllResources(), CreatedAtMs: time.Now().UnixMilli(),
	}
	for _, g := range r.GetRole().GetPermissions() {
		like.Grants = append(like.Grants, &storev1.UserRoleGrant{ApiName: g.GetApiName(), Actions: g.GetActions(), Resources: g.GetResources()})
	}
	change, done := newChange(ctx, kindRole, actionCreated), audit.Event(ctx, "role.create", "")
	var m *storev1.UserRole
	err := o.s.changeTenant(ctx, r.GetTenant(), func(tx kv.Writer) (err error) {
		m = proto.CloneOf(like)
		if m.Id, err = o.s.tables.roleID(tx, of, r.GetRoleId()); err != nil {
			return err
		}
		if err := o.s.tables.roles.Insert(tx, scope(of), m); err != nil {
			return err
		}
		object := strconv.FormatInt(m.GetId(), 10)
		if err := o.s.tables.writeChange(tx, of, change, object, nil, shownFields(m)); err != nil {
			return err
		}
		return o.s.tables.audit.Write(tx, scope(of), done.On(object))
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.AddRoleResponse{RoleId: m.GetId()}, nil
}

// roleID is an id for a new role: the one that is wanted, if it is free, or the one after
// all there are.
func (t *tables) roleID(tx kv.Reader, of tenant.ID, wanted int64) (int64, error) {
	if wanted != 0 {
		_, err := t.role(tx, of, wanted)
		switch {
		case err == nil:
			return 0, fault.AlreadyExists(reasonRoleTaken, "there is a role %d already", wanted)
		case !errors.Is(err, kv.ErrNotFound):
			return 0, err
		}
		return wanted, nil
	}
	for last, err := range t.roles.All(tx, scope(of), table.Page{Reverse: true, Limit: 1}) {
		if err != nil {
			return 0, err
		}
		if last.GetId() >= maxRoleID {
			return 0, fault.FailedPrecondition(reasonRoleTaken, "the last role id is taken; say which one to use")
		}
		return last.GetId() + 1, nil
	}
	return firstRoleID, nil
}

// shownFields are what audits show of a role.
func shownFields(m *storev1.UserRole) map[string]any {
	grants := []any{}
	for _, g := range m.GetGrants() {
		grants = append(grants, map[string]any{"apiName": g.GetApiName(), "actions": g.GetActions(), "resources": g.GetResources()})
	}
	return map[string]any{"name": m.GetName(), "admin": m.GetAdmin(), "accessAllResources": m.GetAccessAllResources(), "permissions": grants}
}
