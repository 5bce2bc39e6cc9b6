package identity

import (
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// permissions serves PermissionService of v1.
type permissions struct {
	identityv1.UnimplementedPermissionServiceServer
	s *Service
}
