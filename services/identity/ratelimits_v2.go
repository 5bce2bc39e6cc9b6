package identity

import (
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// ratelimitsV2 serves RatelimitService of v2.
type ratelimitsV2 struct {
	identityv2.UnimplementedRatelimitServiceServer
	s *Service
}
