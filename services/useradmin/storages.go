package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// storages serves ObjectStorageService.
type storages struct {
	useradminv1.UnimplementedObjectStorageServiceServer
	s *Service
}
