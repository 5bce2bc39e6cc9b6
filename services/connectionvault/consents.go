package connectionvault

import (
	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// consents serves ConsentService.
type consents struct {
	connectionvaultv1.UnimplementedConsentServiceServer
	s *Service
}

func consentView(m *storev1.VaultConsent) *connectionvaultv1.ConsentRecord {
	return &connectionvaultv1.ConsentRecord{
		Id: m.GetId(), CreatedAt: iso(m.GetCreatedAtMs()), Granted: m.GetGranted(), Resources: m.GetResources(),
	}
}
