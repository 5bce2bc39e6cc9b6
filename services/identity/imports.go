package identity

import (
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// imports serves ImportService.
type imports struct {
	identityv1.UnimplementedImportServiceServer
	s *Service
}
