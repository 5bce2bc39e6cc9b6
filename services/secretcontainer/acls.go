package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// acls serves AclService.
type acls struct {
	secretcontainerv1.UnimplementedAclServiceServer
	s *Service
}
