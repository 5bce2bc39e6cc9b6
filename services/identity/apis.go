package identity

import (
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// apis serves ApiService of v1.
type apis struct {
	identityv1.UnimplementedApiServiceServer
	s *Service
}
