package connectionvault

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// giveUp disables a webhook whose deliveries failed for too long, unless it was changed
// meanwhile: then a later failure decides. What else is to be delivered to it is dropped when
// it is due.
func (s *Service) giveUp(ctx context.Context, seen *storev1.VaultWebhook) (given bool, err error) {
	now := time.Now().UnixMilli()
	done := audit.Event(ctx, "webhook.disable", seen.GetId()).With("application", seen.GetApplication()).With("reason", disabledRetryLimit)
	of := scope(tenant.ID(seen.GetTenant()))
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		there, err := s.tables.webhooks.Get(tx, of, seen.GetApplication(), seen.GetId())
		if err != nil {
			return err
		}
		if given = proto.Equal(there, seen); !given {
			return nil
		}
		m := proto.CloneOf(there)
		m.Enabled, m.DisabledReason, m.UpdatedAtMs = false, disabledRetryLimit, now
		if err := s.tables.webhooks.Replace(tx, of, there, m); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, of, done)
	})
	if errors.Is(err, kv.ErrNotFound) || errors.Is(err, kv.ErrDestroyed) {
		return true, nil
	}
	return given && err == nil, err
}
