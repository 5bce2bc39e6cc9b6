package identity

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicDeleteAPI is the outbox topic whose messages each remove the keys of one deleted
// API.
const topicDeleteAPI = "api.delete"

// removeBatch is how many keys are removed in one transaction.
const removeBatch = 100

// deleteKey removes one of the caller's keys, for good.
func (s *Service) deleteKey(ctx context.Context, id string) error {
	p, err := requireTenant(ctx)
	if err != nil {
		return err
	}
	var digest []byte
	done := audit.Event(ctx, "key.delete", id)
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		key, err := s.tables.keyFor(tx, p, id, actionDeleteKey)
		if err != nil {
			return err
		}
		digest = key.GetDigest()
		if err := s.tables.removeKey(tx, key); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done)
	})
	if err == nil {
		s.keyChanged(digest)
	}
	return err
}

// deleteAPI removes an API at once. Its keys are void from then on, and are removed
// afterwards, however often that is interrupted.
func (s *Service) deleteAPI(ctx context.Context, id string) error {
	p, err := requireAPI(ctx, id, actionDeleteAPI)
	if err != nil {
		return err
	}
	rest, err := outbox.NewMessage(topicDeleteAPI, &storev1.ApiDeletion{Tenant: string(p.Tenant), ApiId: id, Actor: p.Subject})
	if err != nil {
		return err
	}
	done := audit.Event(ctx, "api.delete", id)
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := s.tables.api(tx, p.Tenant, id)
		if err != nil {
			return err
		}
		if m.GetDeleteProtected() {
			return fault.FailedPrecondition(reasonAPIProtected, "api %s is protected from deletions", id)
		}
		if err := s.tables.apis.Delete(tx, table.Of(p.Tenant), m); err != nil {
			return err
		}
		if err := s.tables.outbox.Queue(tx, rest); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done)
	})
	if err != nil {
		return err
	}
	s.tenantChanged(p.Tenant)
	s.tables.outbox.Ring()
	return nil
}

// deleteAPIKeys is the outbox handler that removes the keys of a deleted API.
func (s *Service) deleteAPIKeys(ctx context.Context, payload []byte) error {
	work := &storev1.ApiDeletion{}
	if err := proto.Unmarshal(payload, work); err != nil {
		return fmt.Errorf("decode API deletion: %w", err)
	}
	// Who has deleted the API has deleted its keys.
	ctx = auth.With(ctx, &auth.Principal{Kind: auth.KindRootKey, Tenant: tenant.ID(work.GetTenant()), Subject: work.GetActor()})
	_, err := s.removeKeys(ctx, tenant.ID(work.GetTenant()), work.GetApiId())
	if errors.Is(err, kv.ErrDestroyed) {
		return nil // the tenant is gone, and its keys with it
	}
	return err
}

// deleteKeys removes the keys of an API, which stays, and tells how many. It may be
// interrupted: then some are removed, and doing it again removes the rest.
func (s *Service) deleteKeys(ctx context.Context, api string) (int64, error) {
	p, err := requireAPI(ctx, api, actionDeleteKey)
	if err != nil {
		return 0, err
	}
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		_, err := s.tables.api(tx, p.Tenant, api)
		return err
	})
	if err != nil {
		return 0, err
	}
	return s.removeKeys(ctx, p.Tenant, api)
}

// removeKeys removes an API's keys, some in each transaction.
func (s *Service) removeKeys(ctx context.Context, of tenant.ID, api string) (n int64, err error) {
	for {
		some, err := s.removeSome(ctx, of, api)
		if n += int64(some); err != nil || some == 0 {
			return n, err
		}
	}
}

func (s *Service) removeSome(ctx context.Context, of tenant.ID, api string) (int, error) {
	done := make([]audit.Entry, removeBatch)
	for i := range done {
		done[i] = audit.Event(ctx, "key.delete", "").With("api", api)
	}
	var removed []*storev1.Key
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
		rows := s.tables.keys.Each(tx, table.Of(of), table.Page{Limit: removeBatch}, byAPI, api)
		if removed, _, err = s.tables.keys.Take(rows, removeBatch); err != nil {
			return err
		}
		for i, key := range removed {
			if err := s.tables.removeKey(tx, key); err != nil {
				return err
			}
			if err := s.tables.audit.Write(tx, table.Of(of), done[i].On(key.GetId())); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, key := range removed {
		s.keyChanged(key.GetDigest())
	}
	return len(removed), nil
}
