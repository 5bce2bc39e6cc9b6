package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// operator serves OperatorService.
type operator struct {
	secretcontainerv1.UnimplementedOperatorServiceServer
	s *Service
}
