package identity

import (
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// migrations serves MigrationService.
type migrations struct {
	identityv1.UnimplementedMigrationServiceServer
	s *Service
}
