package identity

import (
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// permissionsV2 serves PermissionService of v2.
type permissionsV2 struct {
	identityv2.UnimplementedPermissionServiceServer
	s *Service
}
