package connectionvault

import (
	"context"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// ChangeToken changes what is kept of a token, so that no test has to wait for days.
func (s *Service) ChangeToken(ctx context.Context, of, application, consumer, api, service string, change func(*storev1.VaultToken)) error {
	at := place{tenant.ID(of), application, consumer, api, service}
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		token, row, err := s.tables.token(tx, at)
		if err != nil {
			return err
		}
		changed := proto.CloneOf(token)
		change(changed)
		return s.tables.putToken(tx, at, row, changed)
	})
}
