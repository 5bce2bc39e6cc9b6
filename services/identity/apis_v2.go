package identity

import (
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// apisV2 serves ApiService of v2.
type apisV2 struct {
	identityv2.UnimplementedApiServiceServer
	s *Service
}
