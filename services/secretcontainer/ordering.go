package secretcontainer

import (
	"context"
	"errors"
)

// topicOrder is of orders to be carried out.
const topicOrder = "order"

func (s *Service) makeOrder(context.Context, []byte) error { return errors.New("not yet") }
