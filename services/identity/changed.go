package identity

import (
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// keyChanged has this process forget what it remembers of a key, and of there being none.
// Call it after the commit.
func (s *Service) keyChanged(digest []byte) {
	var d auth.Digest
	if copy(d[:], digest) == len(digest) {
		s.verifiables.Forget(d)
	}
}

// tenantChanged has this process forget what it remembers of a tenant's keys: their
// identities, roles, permissions or APIs are not what they were. Call it after the commit.
func (s *Service) tenantChanged(t tenant.ID) { s.verifiables.ForgetGroup(string(t)) }
