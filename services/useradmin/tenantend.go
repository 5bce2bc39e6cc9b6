package useradmin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicEnd is of principals whose tenant is deleted.
const topicEnd = "principalsend"

const (
	// endBatch is how many principals a message ends: 3 times callsAtOnce, of callTime each,
	// fit into a delivery.
	endBatch = 3 * callsAtOnce
	// endWithin is how long a storage that is away has to come back.
	endWithin = 7 * 24 * time.Hour
)

// Leave has the object storages of a tenant forget its users' access keys, soon, while the
// tenant's rows may go at once. A tenant that is gone already has none.
func (s *Service) Leave(ctx context.Context, of tenant.ID) error {
	var ends []*storev1.PrincipalsEnd
	err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		ends, err = s.tables.ends(tx, of, time.Now().Add(endWithin).UnixMilli())
		return err
	})
	if errors.Is(err, kv.ErrDestroyed) {
		return nil
	}
	if err != nil {
		return err
	}
	var orders []outbox.Message
	for _, m := range ends {
		now, err := outbox.NewMessage(topicEnd, m)
		if err != nil {
			return err
		}
		last, err := outbox.NewMessage(topicEnd, m)
		if err != nil {
			return err
		}
		orders = append(orders, now, last.After(lastAfter))
	}
	defer s.tables.principals.Ring()
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		for _, order := range orders {
			if err := s.tables.principals.Queue(tx, order); err != nil {
				return err
			}
		}
		return nil
	})
}

// ends are the principals of a tenant, those that are removed and not yet gone included.
func (t *tables) ends(tx kv.Reader, of tenant.ID, until int64) (all []*storev1.PrincipalsEnd, err error) {
	keys := map[string][]string{}
	for m, err := range t.credentials.All(tx, scope(of), table.Page{}) {
		if err != nil {
			return nil, err
		}
		keys[m.GetObjectStorage()] = append(keys[m.GetObjectStorage()], m.GetAccessKey())
	}
	for storage, err := range t.storages.All(tx, scope(of), table.Page{}) {
		if err != nil {
			return nil, err
		}
		for some := range slices.Chunk(keys[storage.GetId()], endBatch) {
			all = append(all, &storev1.PrincipalsEnd{ObjectStorage: storage, AccessKeys: some, UntilMs: until})
		}
	}
	return all, nil
}

func (s *Service) deliverEnd(ctx context.Context, payload []byte) error {
	var m storev1.PrincipalsEnd
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode end of principals: %w", err)
	}
	storage := m.GetObjectStorage()
	at := place{of: tenant.ID(storage.GetTenant()), storage: storage.GetId()}
	if wait := s.pauses.enter(at); wait > 0 {
		return s.putOff(ctx, topicEnd, &m, wait)
	}
	calls, calling := errgroup.WithContext(ctx)
	calls.SetLimit(callsAtOnce)
	for _, key := range m.GetAccessKeys() {
		calls.Go(func() error {
			return s.tell(calling, storage, &storev1.S3Credential{AccessKey: key, Removed: true})
		})
	}
	err := calls.Wait()
	s.pauses.note(at, err)
	if err != nil && time.Now().UnixMilli() > m.GetUntilMs() {
		s.deps.Log.ErrorContext(ctx, "access keys of a deleted tenant stay on an object storage: remove them there",
			"tenant", storage.GetTenant(), "storage", storage.GetId(), "s3_url", storage.GetS3Url(), "access_keys", m.GetAccessKeys(), "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("object storage %s of the deleted tenant %s: %w", storage.GetId(), storage.GetTenant(), err)
	}
	return nil
}
