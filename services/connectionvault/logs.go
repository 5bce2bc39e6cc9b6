package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// logs serves LogService.
type logs struct {
	connectionvaultv1.UnimplementedLogServiceServer
	s *Service
}
