package secretcontainer

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicLeftovers is of what deletions left to be removed.
const topicLeftovers = "leftovers"

// batch bounds how many rows a transaction removes, so that others wait little for it.
const batch = 256

// newLeftovers is work that a deletion may leave, to be made before its transaction.
func newLeftovers(m *storev1.Leftovers) (outbox.Message, error) {
	return outbox.NewMessage(topicLeftovers, m)
}

// dropBelow removes the consumers of a secret or a container that goes: a batch of them at
// once, the rest later. Nobody can reach them any more.
func (t *tables) dropBelow(tx kv.Writer, m *storev1.Leftovers, later outbox.Message) error {
	n, err := t.dropBatch(tx, m)
	if err != nil || n < batch {
		return err
	}
	return t.outbox.Queue(tx, later)
}

func (t *tables) dropBatch(tx kv.Writer, m *storev1.Leftovers) (int, error) {
	of := scope(tenant.ID(m.GetTenant()))
	if id := m.GetSecret(); id != "" {
		return dropRows(tx, of, t.secretConsumers, id)
	}
	return dropRows(tx, of, t.consumers, m.GetContainer())
}

// dropRows deletes up to a batch of the rows below a parent and returns how many.
func dropRows[M proto.Message](tx kv.Writer, of table.Scope, rows *table.Table[M], parent string) (n int, err error) {
	var all []M
	for m, err := range rows.Below(tx, of, table.Page{Limit: batch}, parent) {
		if err != nil {
			return 0, err
		}
		all = append(all, m)
	}
	for _, m := range all {
		if err := rows.Delete(tx, of, m); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// removeLeftovers carries out what a deletion left. A tenant that is gone has left nothing.
func (s *Service) removeLeftovers(ctx context.Context, payload []byte) error {
	m := &storev1.Leftovers{}
	if err := proto.Unmarshal(payload, m); err != nil {
		return fmt.Errorf("decode leftovers: %w", err)
	}
	for n := batch; n == batch; {
		err := s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
			n, err = s.tables.dropBatch(tx, m)
			return err
		})
		if errors.Is(err, kv.ErrDestroyed) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
