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
	// allowed are the permissions of each role, in the order of roles.
	allowed [][]*storev1.Permission
	// slugs are all its permissions, those of its roles included, sorted.
	slugs []string
}

// grantsOf reads what a key may do. A role or permission that was deleted does not count:
// ids are never used again, so keys may go on naming it.
func (t *tables) grantsOf(tx kv.Reader, id tenant.ID, key *storev1.Key) (g grants, err error) {
	if g.roles, err = rowsOf(tx, t.roles, id, key.GetRoleIds()); err != nil {
		return grants{}, err
	}
	if g.permissions, err = rowsOf(tx, t.perms, id, key.GetPermissionIds()); err != nil {
		return grants{}, err
	}
	all := g.permissions
	for _, role := range g.roles {
		of, err := rowsOf(tx, t.perms, id, role.GetPermissionIds())
		if err != nil {
			return grants{}, err
		}
		g.allowed = append(g.allowed, of)
		all = append(all[:len(all):len(all)], of...)
	}
	for _, p := range all {
		g.slugs = append(g.slugs, p.GetSlug())
	}
	slices.Sort(g.slugs)
	g.slugs = slices.Compact(g.slugs)
	return g, nil
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
