package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// credentials serves CredentialService.
type credentials struct {
	useradminv1.UnimplementedCredentialServiceServer
	s *Service
}
