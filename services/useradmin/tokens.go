package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// tokens serves TokenService.
type tokens struct {
	useradminv1.UnimplementedTokenServiceServer
	s *Service
}
