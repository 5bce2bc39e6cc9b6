package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// connections serves ConnectionService.
type connections struct {
	connectionvaultv1.UnimplementedConnectionServiceServer
	s *Service
}
