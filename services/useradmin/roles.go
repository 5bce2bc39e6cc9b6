package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// roles serves RoleService.
type roles struct {
	useradminv1.UnimplementedRoleServiceServer
	s *Service
}
