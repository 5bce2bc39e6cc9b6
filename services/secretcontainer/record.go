package secretcontainer

import (
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// record writes what a caller did with a secret or a container to the log of its project,
// with the caller's own where that is another.
func (t *tables) record(tx kv.Writer, by tenant.ID, m owned, done audit.Entry) error {
	if string(by) != m.GetTenant() {
		done = done.With("actor_tenant", string(by))
	}
	return t.audit.Write(tx, scopeOf(m), done)
}
