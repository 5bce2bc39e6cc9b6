package secretcontainer

import (
	"errors"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// quotaSecrets refuses one more secret than a project may have.
func (t *tables) quotaSecrets(tx kv.Reader, of tenant.ID) error {
	quota, err := t.quotas.Get(tx, table.Global, string(of))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil || quota.Secrets == nil || quota.GetSecrets() < 0 {
		return err
	}
	n, err := t.secrets.Count(tx, scope(of))
	if err != nil || n < int64(quota.GetSecrets()) {
		return err
	}
	return fault.PermissionDenied(reasonQuotaReached, "the project may have %d secrets, and has them", quota.GetSecrets()).
		With("resource", "Secret")
}
