package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// keystone serves KeystoneService.
type keystone struct {
	useradminv1.UnimplementedKeystoneServiceServer
	s *Service
}
