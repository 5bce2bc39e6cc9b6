package identity

import (
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// livenessV2 serves LivenessService of v2.
type livenessV2 struct {
	identityv2.UnimplementedLivenessServiceServer
	s *Service
}
