package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// operator serves OperatorService.
type operator struct {
	connectionvaultv1.UnimplementedOperatorServiceServer
	s *Service
}
