package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// orders serves OrderService.
type orders struct {
	secretcontainerv1.UnimplementedOrderServiceServer
	s *Service
}
