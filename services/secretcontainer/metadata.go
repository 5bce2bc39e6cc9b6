package secretcontainer

import secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"

// metadata serves MetadataService.
type metadata struct {
	secretcontainerv1.UnimplementedMetadataServiceServer
	s *Service
}
