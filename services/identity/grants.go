package identity

import (
	"errors"
	"slices"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// grants is what a key may do.
type grants struct {
	// roles and permissions are given to the key itself.
	roles       []*storev1.Role
	permissions []*storev1.Permission
	// known are all its permissions by id, those of its roles included.
	known map[string]*storev1.Permission
	// slugs are theirs, sorted.
	slugs []string
}

// of are the permissions of one of the roles.
func (g *grants) of(role *storev1.Role) (all []*storev1.Permission) {
	for _, id := range role.GetPermissionIds() {
		if m := g.known[id]; m != nil {
			all = append(all, m)
		}
	}
	return all
}

// grantsOf reads what a key may do. A role or permission that was deleted does not count:
// ids are never used again, so keys may go on naming it. Roles often allow the same, so
// each permission is read once.
func (t *tables) grantsOf(tx kv.Reader, id tenant.ID, key *storev1.Key) (g grants, err error) {
	g.known = map[string]*storev1.Permission{}
	if g.permissions, err = t.permissionsOf(tx, id, g.known, key.GetPermissionIds()); err != nil {
		return grants{}, err
	}
	if g.roles, err = rowsOf(tx, t.roles, id, key.GetRoleIds()); err != nil {
		return grants{}, err
	}
	for _, role := range g.roles {
		if _, err := t.permissionsOf(tx, id, g.known, role.GetPermissionIds()); err != nil {
			return grants{}, err
		}
	}
	for _, p := range g.known {
		if p != nil {
			g.slugs = append(g.slugs, p.GetSlug())
		}
	}
	slices.Sort(g.slugs)
	return g, nil
}

// permissionsOf is rowsOf for permissions. It reads none that known has, which has nil for
// those that are gone, and adds the others.
func (t *tables) permissionsOf(tx kv.Reader, of tenant.ID, known map[string]*storev1.Permission, ids []string) ([]*storev1.Permission, error) {
	rows := make([]*storev1.Permission, 0, len(ids))
	for _, id := range ids {
		m, ok := known[id]
		if !ok {
			var err error
			m, err = t.perms.Get(tx, table.Of(of), id)
			if errors.Is(err, kv.ErrNotFound) {
				m, err = nil, nil
			}
			if err != nil {
				return nil, err
			}
			known[id] = m
		}
		if m != nil {
			rows = append(rows, m)
		}
	}
	return rows, nil
}

// rowsOf reads a tenant's rows by their ids and leaves out those that are gone.
func rowsOf[M proto.Message](tx kv.Reader, of *table.Table[M], id tenant.ID, ids []string) ([]M, error) {
	rows := make([]M, 0, len(ids))
	for _, i := range ids {
		m, err := of.Get(tx, table.Of(id), i)
		if errors.Is(err, kv.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, m)
	}
	return rows, nil
}

func idsOf[M identified](rows []M) []string {
	ids := make([]string, len(rows))
	for i, m := range rows {
		ids[i] = m.GetId()
	}
	return ids
}
