package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// browser serves BrowserService.
type browser struct {
	connectionvaultv1.UnimplementedBrowserServiceServer
	s *Service
}
