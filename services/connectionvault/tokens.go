package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// tokens serves TokenService.
type tokens struct {
	connectionvaultv1.UnimplementedTokenServiceServer
	s *Service
}
