package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// users serves UserService.
type users struct {
	useradminv1.UnimplementedUserServiceServer
	s *Service
}
