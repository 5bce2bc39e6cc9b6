package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// consents serves ConsentService.
type consents struct {
	connectionvaultv1.UnimplementedConsentServiceServer
	s *Service
}
