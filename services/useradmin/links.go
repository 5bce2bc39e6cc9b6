package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// links serves LinkService.
type links struct {
	useradminv1.UnimplementedLinkServiceServer
	s *Service
}
