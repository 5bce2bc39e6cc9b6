package connectionvault

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// addConsumer makes a consumer unless it is there: consumers come into being with what is
// first kept of them.
func (t *tables) addConsumer(tx kv.Writer, of tenant.ID, application, id string, now int64) error {
	m, err := orNone(t.customers.Get(tx, scope(of), application, id))
	if err != nil || m != nil {
		return err
	}
	return t.customers.Insert(tx, scope(of), &storev1.VaultConsumer{
		Application: application, Id: id, CreatedAtMs: now, UpdatedAtMs: now,
	})
}
