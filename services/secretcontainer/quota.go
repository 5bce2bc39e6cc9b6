package secretcontainer

import (
	"errors"
	"strings"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// quota is how much of one kind of thing a project may have.
type quota struct {
	resource string
	of       func(*storev1.ProjectQuota) *int32
}

// The quotas that creations ask for. There are no certificate authorities to count.
var (
	quotaSecrets    = quota{"Secret", func(m *storev1.ProjectQuota) *int32 { return m.Secrets }}
	quotaOrders     = quota{"Order", func(m *storev1.ProjectQuota) *int32 { return m.Orders }}
	quotaContainers = quota{"Container", func(m *storev1.ProjectQuota) *int32 { return m.Containers }}
	quotaConsumers  = quota{"Consumer", func(m *storev1.ProjectQuota) *int32 { return m.Consumers }}
)

// unlimited is the quota that bounds nothing.
const unlimited = -1

// have counts what a project has. It may stop at limit.
type have func(limit int64) (int64, error)

// haveRows is have for the rows of a counted table.
func haveRows[M proto.Message](tx kv.Reader, of tenant.ID, rows *table.Table[M]) have {
	return func(int64) (int64, error) { return rows.Count(tx, scope(of)) }
}

// room refuses n more of something to a project that its quota leaves no room for, and
// counts only where there is a quota. Creations at the same time can't pass it together:
// the store has one of them see the other's.
func (t *tables) room(tx kv.Reader, project string, q quota, n int64, has have) error {
	m, err := t.quotas.Get(tx, table.Global, project)
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	most := bound(q.of(m))
	if most == unlimited {
		return nil
	}
	var there int64
	if most > 0 {
		if there, err = has(int64(most)); err != nil {
			return err
		}
	}
	if there+n <= int64(most) {
		return nil
	}
	return fault.PermissionDenied(reasonQuotaReached, "the project may have %d %ss and no more: delete some, or have its quota raised", most, strings.ToLower(q.resource)).
		With("resource", q.resource)
}

// bound is a quota with its default.
func bound(most *int32) int32 {
	if most == nil {
		return unlimited
	}
	return max(*most, unlimited)
}

// putQuota puts quotas in the place of those that their project has.
func (t *tables) putQuota(tx kv.Writer, m *storev1.ProjectQuota) error {
	old, err := t.quotas.Get(tx, table.Global, m.GetProject())
	if errors.Is(err, kv.ErrNotFound) {
		return t.quotas.Insert(tx, table.Global, m)
	}
	if err != nil {
		return err
	}
	return t.quotas.Replace(tx, table.Global, old, m)
}

// dropQuota forgets a project's quotas.
func (t *tables) dropQuota(tx kv.Writer, project string) error {
	m, err := t.quotas.Get(tx, table.Global, project)
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.quotas.Delete(tx, table.Global, m)
}
