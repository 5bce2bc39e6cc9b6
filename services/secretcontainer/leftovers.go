package secretcontainer

import (
	"context"
	"errors"
)

// topicLeftovers is of what deletions left to be removed.
const topicLeftovers = "leftovers"

func (s *Service) removeLeftovers(context.Context, []byte) error { return errors.New("not yet") }
