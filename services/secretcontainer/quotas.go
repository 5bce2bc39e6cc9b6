package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// quotas serves QuotaService.
type quotas struct {
	secretcontainerv1.UnimplementedQuotaServiceServer
	s *Service
}
