package identity

import (
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// keysV2 serves KeyService of v2.
type keysV2 struct {
	identityv2.UnimplementedKeyServiceServer
	s *Service
}
