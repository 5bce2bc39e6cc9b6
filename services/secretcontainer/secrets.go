package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// secrets serves SecretService.
type secrets struct {
	secretcontainerv1.UnimplementedSecretServiceServer
	s *Service
}
