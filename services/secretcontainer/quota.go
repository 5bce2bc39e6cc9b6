package secretcontainer

import (
	"errors"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

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
