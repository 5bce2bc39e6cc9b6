package useradmin

import (
	"cmp"
	"context"
	"errors"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// users serves UserService.
type users struct {
	useradminv1.UnimplementedUserServiceServer
	s *Service
}

// user returns a tenant's user. Ids that are unknown, malformed or another tenant's are all
// the same.
func (t *tables) user(tx kv.Reader, of tenant.ID, id string) (*storev1.User, error) {
	u, err := t.users.Get(tx, scope(of), id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonUserUnknown, "user not found")
	}
	return u, err
}

func (u users) GetUser(ctx context.Context, r *useradminv1.GetUserRequest) (*useradminv1.GetUserResponse, error) {
	p, err := requireSelfOr(ctx, r.GetUserId(), permReadUsers)
	if err != nil {
		return nil, err
	}
	answer := &useradminv1.GetUserResponse{}
	err = u.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		v, err := u.s.tables.viewer(tx, p.Tenant)
		if err != nil {
			return err
		}
		m, err := u.s.tables.user(tx, p.Tenant, r.GetUserId())
		if err != nil {
			return err
		}
		answer.User, err = v.user(m)
		return err
	})
	return answer, err
}

func (u users) IsPasswordSet(ctx context.Context, r *useradminv1.IsPasswordSetRequest) (*useradminv1.IsPasswordSetResponse, error) {
	id, self := r.GetUserId(), selfOf(ctx)
	p, err := requireSelfOr(ctx, cmp.Or(id, self), permReadUsers)
	if err != nil {
		return nil, err
	}
	if id == "" && self == "" {
		return nil, fault.Invalid(fault.Violation{Field: "user_id", Rule: "required", Message: "must name a user: a root key has no password"})
	}
	answer := &useradminv1.IsPasswordSetResponse{}
	err = u.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := u.s.tables.user(tx, p.Tenant, cmp.Or(id, self))
		if err != nil {
			return err
		}
		account, err := u.s.tables.accountShown(tx, p.Tenant)
		answer.TenantId, answer.CustomerId, answer.IsPasswordSet = account.GetTenantId(), account.GetCustomerId(), m.GetPasswordHash() != ""
		return err
	})
	return answer, err
}

// ListUsers reads the users up to the end of the page where neither a filter nor an order is
// asked for, and else all of the tenant's, once. Ids tell the age: those that the operator
// brought along stand where they sort.
func (u users) ListUsers(ctx context.Context, r *useradminv1.ListUsersRequest) (*useradminv1.ListUsersResponse, error) {
	p, err := require(ctx, permReadUsers)
	if err != nil {
		return nil, err
	}
	var answer *useradminv1.ListUsersResponse
	err = u.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		answer = &useradminv1.ListUsersResponse{}
		v, err := u.s.tables.viewer(tx, p.Tenant)
		if err != nil {
			return err
		}
		var rows []*storev1.User
		if plain(r) {
			rows, answer.Page, err = u.s.tables.userPage(tx, p.Tenant, r)
		} else {
			rows, answer.Page, err = u.s.tables.usersLike(tx, p.Tenant, r)
		}
		if err != nil {
			return err
		}
		for _, row := range rows {
			m, err := v.user(row)
			if err != nil {
				return err
			}
			answer.Users = append(answer.Users, m)
		}
		return nil
	})
	return answer, err
}

// plain tells a request for all users in the order they are kept in.
func plain(r *useradminv1.ListUsersRequest) bool {
	return r.GetEmail() == "" && r.Enabled == nil && r.Owner == nil && orderOf(r.GetOrderBy(), userOrder) == nil
}

// userPage reads a page of all users.
func (t *tables) userPage(tx kv.Reader, of tenant.ID, r paged) ([]*storev1.User, *useradminv1.Page, error) {
	total, err := t.users.Count(tx, scope(of))
	if err != nil {
		return nil, nil, err
	}
	page := counted(pageOf(r), total)
	from := int64(page.GetPage()-1) * int64(page.GetSize())
	if from >= total {
		return nil, page, nil
	}
	var rows []*storev1.User
	for u, err := range t.users.All(tx, scope(of), table.Page{Limit: int(from) + int(page.GetSize())}) {
		if err != nil {
			return nil, nil, err
		}
		if from--; from < 0 {
			rows = append(rows, u)
		}
	}
	return rows, page, nil
}

// usersLike reads all users, and returns a page of those that are asked for.
func (t *tables) usersLike(tx kv.Reader, of tenant.ID, r *useradminv1.ListUsersRequest) ([]*storev1.User, *useradminv1.Page, error) {
	var rows []*storev1.User
	part := strings.ToLower(r.GetEmail())
	for u, err := range t.users.All(tx, scope(of), table.Page{}) {
		if err != nil {
			return nil, nil, err
		}
		if strings.Contains(strings.ToLower(u.GetEmail()), part) &&
			(r.Enabled == nil || r.GetEnabled() == u.GetEnabled()) && (r.Owner == nil || r.GetOwner() == u.GetOwner()) {
			rows = append(rows, u)
		}
	}
	rows, page := cut(rows, r, userOrder)
	return rows, page, nil
}
