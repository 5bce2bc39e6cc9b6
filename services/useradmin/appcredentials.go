package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// appCredentials serves ApplicationCredentialService.
type appCredentials struct {
	useradminv1.UnimplementedApplicationCredentialServiceServer
	s *Service
}
