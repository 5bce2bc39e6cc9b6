package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// secretConsumers serves SecretConsumerService.
type secretConsumers struct {
	secretcontainerv1.UnimplementedSecretConsumerServiceServer
	s *Service
}
