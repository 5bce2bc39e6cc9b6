package identity

import "github.com/holdplane/holdplane/pkg/tenant"

// keyChanged has this process forget what it remembers of a key. Call it after the commit.
func (s *Service) keyChanged(digest []byte) {}

// tenantChanged has this process forget what it remembers of a tenant's keys: their
// identities, roles, permissions or APIs are not what they were. Call it after the commit.
func (s *Service) tenantChanged(t tenant.ID) {}
