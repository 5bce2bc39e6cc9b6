package useradmin

import useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

// history serves HistoryService.
type history struct {
	useradminv1.UnimplementedHistoryServiceServer
	s *Service
}
