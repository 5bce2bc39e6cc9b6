package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// resources serves ResourceService.
type resources struct {
	connectionvaultv1.UnimplementedResourceServiceServer
	s *Service
}
