package identity

import (
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// keys serves KeyService of v1.
type keys struct {
	identityv1.UnimplementedKeyServiceServer
	s *Service
}
