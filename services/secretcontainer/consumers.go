package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// consumers serves ConsumerService.
type consumers struct {
	secretcontainerv1.UnimplementedConsumerServiceServer
	s *Service
}
