package secretcontainer

import (
	"errors"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// quotaContainers refuses another container of a project that has as many as it may.
func (t *tables) quotaContainers(tx kv.Reader, p *auth.Principal) error {
	return t.quotaOf(tx, p, "Container", func(q *storev1.ProjectQuota) *int32 { return q.Containers }, func(int) (int64, error) {
		return t.containers.Count(tx, scope(p.Tenant))
	})
}

// quotaConsumers refuses another consumer of a project that has registered as many as it may,
// wherever.
func (t *tables) quotaConsumers(tx kv.Reader, p *auth.Principal) error {
	return t.quotaOf(tx, p, "Consumer", func(q *storev1.ProjectQuota) *int32 { return q.Consumers }, func(most int) (int64, error) {
		return t.consumers.UnderUpTo(tx, table.Global, most, byRegistrar, string(p.Tenant))
	})
}

// quotaOf compares what a project has with a limit of its quotas. Less than 0 is no limit, and
// 0 allows none. Counting may end at the limit.
func (t *tables) quotaOf(tx kv.Reader, p *auth.Principal, resource string, limit func(*storev1.ProjectQuota) *int32, count func(most int) (int64, error)) error {
	q, err := t.quotas.Get(tx, table.Global, string(p.Tenant))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	most := limit(q)
	if most == nil || *most < 0 {
		return nil
	}
	n := int64(0)
	if *most > 0 {
		if n, err = count(int(*most)); err != nil {
			return err
		}
	}
	if n < int64(*most) {
		return nil
	}
	return fault.PermissionDenied(reasonQuotaReached,
		"the project has as many as its quota allows (%d): remove some, or have the quota raised", *most).With("resource", resource)
}
