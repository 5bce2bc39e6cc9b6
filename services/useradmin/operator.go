package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// operator serves OperatorService.
type operator struct {
	useradminv1.UnimplementedOperatorServiceServer
	s *Service
}
