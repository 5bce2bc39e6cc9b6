package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// connectors serves ConnectorService.
type connectors struct {
	connectionvaultv1.UnimplementedConnectorServiceServer
	s *Service
}
