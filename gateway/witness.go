package gateway

import (
	"context"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
)

// witnessed is what a client is told whose body or query is refused: that, or what the
// dialect's Witness has against its credential, which ctx carries.
func (x *exchange) witnessed(ctx context.Context) error {
	if x.d.Witness == nil {
		return x.refused
	}
	if err := x.d.Witness(ctx, x.g.cfg.Conn); err != nil && fault.From(err).Code == codes.Unauthenticated {
		return err
	}
	return x.refused
}
