package identity

import (
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// identitiesV2 serves IdentityService of v2.
type identitiesV2 struct {
	identityv2.UnimplementedIdentityServiceServer
	s *Service
}
