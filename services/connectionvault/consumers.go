package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// customers serves ConsumerService.
type customers struct {
	connectionvaultv1.UnimplementedConsumerServiceServer
	s *Service
}
