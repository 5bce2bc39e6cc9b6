package identity

import (
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// ratelimits serves RatelimitService of v1.
type ratelimits struct {
	identityv1.UnimplementedRatelimitServiceServer
	s *Service
}
