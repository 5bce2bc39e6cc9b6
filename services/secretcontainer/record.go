package secretcontainer

import (
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
)

// record writes what a caller did with a secret or a container to the log of its project,
// with the caller's own where that is another.
func (t *tables) record(tx kv.Writer, p *auth.Principal, m owned, done audit.Entry) error {
	if string(p.Tenant) != m.GetTenant() {
		done = done.With("actor_tenant", string(p.Tenant))
	}
	return t.audit.Write(tx, scopeOf(m), done)
}
