package useradmin

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// roles serves RoleService.
type roles struct {
	useradminv1.UnimplementedRoleServiceServer
	s *Service
}

// absent words that a role is not there.
func absent(err error) error {
	if errors.Is(err, kv.ErrNotFound) {
		return fault.NotFound(reasonRoleUnknown, "role not found")
	}
	return err
}

func (s roles) GetRole(ctx context.Context, r *useradminv1.GetRoleRequest) (*useradminv1.GetRoleResponse, error) {
	p, err := require(ctx, permReadRoles)
	if err != nil {
		return nil, err
	}
	answer := &useradminv1.GetRoleResponse{}
	err = s.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		v, err := s.s.tables.viewer(tx, p.Tenant)
		if err != nil {
			return err
		}
		role, err := v.role(r.GetRoleId())
		if err != nil {
			return absent(err)
		}
		answer.Role = v.show(role)
		return nil
	})
	return answer, err
}

// ListRoles reads the tenant's roles once.
func (s roles) ListRoles(ctx context.Context, r *useradminv1.ListRolesRequest) (*useradminv1.ListRolesResponse, error) {
	p, err := require(ctx, permReadRoles)
	if err != nil {
		return nil, err
	}
	var rows []*storev1.UserRole
	var v viewer
	err = s.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		rows = nil
		for role, err := range s.s.tables.roles.All(tx, scope(p.Tenant), table.Page{}) {
			if err != nil {
				return err
			}
			rows = append(rows, role)
		}
		v, err = s.s.tables.viewer(tx, p.Tenant)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b *storev1.UserRole) int { return cmp.Compare(a.GetCreatedAtMs(), b.GetCreatedAtMs()) })
	rows = slices.DeleteFunc(slices.Concat(defaultRoles, rows), func(role *storev1.UserRole) bool { return !isLike(role, r) })
	answer := &useradminv1.ListRolesResponse{}
	rows, answer.Page = cut(rows, r, roleOrder)
	for _, role := range rows {
		answer.Roles = append(answer.Roles, v.show(role))
	}
	return answer, nil
}

// isLike tells whether a role is asked for. One that may do everything grants every API.
func isLike(role *storev1.UserRole, r *useradminv1.ListRolesRequest) bool {
	grants := role.GetAdmin() && apiNamed(r.GetApiName()) != nil ||
		slices.ContainsFunc(role.GetGrants(), func(g *storev1.UserRoleGrant) bool { return g.GetApiName() == r.GetApiName() })
	return (r.GetName() == "" || strings.EqualFold(role.GetName(), r.GetName())) &&
		(r.GetApiName() == "" || grants) && r.GetTagName() == "" &&
		(r.GetType() == "" || r.GetType() == roleType(role))
}

func (s roles) ListApiPermissions(ctx context.Context, r *useradminv1.ListApiPermissionsRequest) (*useradminv1.ListApiPermissionsResponse, error) {
	if _, err := require(ctx, permReadRoles); err != nil {
		return nil, err
	}
	rows := slices.DeleteFunc(slices.Clone(catalogue), func(api *useradminv1.ApiPermission) bool {
		return r.GetApiName() != "" && r.GetApiName() != api.GetApiName()
	})
	rows, page := cut(rows, r, apiOrder)
	return &useradminv1.ListApiPermissionsResponse{ApiPermissions: rows, Page: page}, nil
}
