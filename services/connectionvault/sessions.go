package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// sessions serves SessionService.
type sessions struct {
	connectionvaultv1.UnimplementedSessionServiceServer
	s *Service
}
