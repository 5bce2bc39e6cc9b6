package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// containers serves ContainerService.
type containers struct {
	secretcontainerv1.UnimplementedContainerServiceServer
	s *Service
}
