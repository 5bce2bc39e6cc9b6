package connectionvault

import connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"

// webhooks serves WebhookService.
type webhooks struct {
	connectionvaultv1.UnimplementedWebhookServiceServer
	s *Service
}
