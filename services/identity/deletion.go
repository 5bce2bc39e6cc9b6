package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
)

// topicDeleteTenant is the outbox topic whose messages each empty one service of one
// deleted tenant.
const topicDeleteTenant = "tenant.delete"

// deletionPatience is how long DeleteTenant waits at most, deletionPoll how often it
// looks. The work may be done by another process on the same store, so it looks there.
const (
	deletionPatience = 30 * time.Second
	deletionPoll     = 25 * time.Millisecond
)

// awaitDeletion returns the services that still hold data of a deleted tenant: none, or
// those left when most of ctx's time has gone by. The rest is for the answer.
func (s *Service) awaitDeletion(ctx context.Context, id string) ([]string, error) {
	patience := deletionPatience
	if end, ok := ctx.Deadline(); ok {
		patience = min(patience, time.Until(end)*9/10)
	}
	enough := time.NewTimer(patience)
	defer enough.Stop()
	tick := time.NewTicker(deletionPoll)
	defer tick.Stop()
	for {
		pending, err := s.pendingDeletions(ctx, id)
		if err != nil || len(pending) == 0 {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-enough.C:
			return pending, nil
		case <-tick.C:
		}
	}
}

func (s *Service) pendingDeletions(ctx context.Context, id string) (pending []string, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := s.tables.tenant(tx, id)
		pending = m.GetPending()
		return err
	})
	return pending, err
}

// deleteTenantData is the outbox handler that empties one service of one tenant.
func (s *Service) deleteTenantData(ctx context.Context, payload []byte) error {
	work := &storev1.TenantDeletion{}
	if err := proto.Unmarshal(payload, work); err != nil {
		return fmt.Errorf("decode tenant deletion: %w", err)
	}
	service, ok := s.deps.Data[work.GetService()]
	if !ok {
		return fmt.Errorf("no way to the data of service %s is configured", work.GetService())
	}
	// The operator has ordered it, whoever carries it out.
	ctx = auth.With(ctx, auth.Operator)
	if _, err := service.DeleteTenantData(ctx, &operationsv1.DeleteTenantDataRequest{
		Service: work.GetService(), Tenant: work.GetTenant(),
	}); err != nil {
		return fmt.Errorf("delete data in service %s: %w", work.GetService(), err)
	}
	done := audit.Event(ctx, "tenant.erase", work.GetTenant()).With("service", work.GetService())
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := s.tables.tenant(tx, work.GetTenant())
		if err != nil {
			return err
		}
		i := slices.Index(old.GetPending(), work.GetService())
		if i < 0 {
			return nil // delivered before
		}
		m := proto.CloneOf(old)
		m.Pending = slices.Delete(m.GetPending(), i, i+1)
		if erased(m) {
			m.Name, m.RequestsPerMinute = "", 0 // the tombstone keeps the id only
		}
		return s.tables.changeTenant(tx, old, m, done)
	})
}
