package table

import (
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// First parts of keys. The sealing decorator picks the keyset by them.
const (
	tenantPart = "t"
	globalPart = "g"
)

// Scope is where rows live: with a tenant, sealed under its keys and gone with it, or
// with the installation.
type Scope struct{ prefix []byte }

// Global is the installation's scope: digests, sessions, the outbox.
var Global = Scope{prefix: key.New(globalPart)}

// Of is a tenant's scope; Global for tenant.None.
func Of(t tenant.ID) Scope {
	if t == tenant.None {
		return Global
	}
	return Scope{prefix: key.New(tenantPart, string(t))}
}

// key returns a key in the scope, with room for the parts of a usual row's id.
func (s Scope) key(parts ...any) []byte {
	k := make([]byte, len(s.prefix), len(s.prefix)+64)
	copy(k, s.prefix)
	return key.Append(k, parts...)
}
