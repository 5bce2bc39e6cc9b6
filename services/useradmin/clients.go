package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// clients serves ClientService.
type clients struct {
	useradminv1.UnimplementedClientServiceServer
	s *Service
}
