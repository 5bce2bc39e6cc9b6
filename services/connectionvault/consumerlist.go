package connectionvault

import (
	"context"
	"iter"
	"strings"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
)

// ListConsumers counts the rows of all pages, which costs a look at each where they are
// searched.
func (h customers) ListConsumers(ctx context.Context, r *connectionvaultv1.ListConsumersRequest) (*connectionvaultv1.ListConsumersResponse, error) {
	now := time.Now()
	answer := &connectionvaultv1.ListConsumersResponse{}
	var cs cursors
	err := h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		c, err := h.s.applicationCaller(ctx, tx, r)
		if err != nil {
			return err
		}
		list := page.Scope{
			Method: connectionvaultv1.ConsumerService_ListConsumers_FullMethodName, Tenant: string(c.tenant),
			Filter: []string{c.application.GetId(), r.GetIdPrefix(), r.GetSearch()},
		}
		position, way, err := h.s.cursor(list, r)
		if err != nil {
			return err
		}
		rows, of := h.s.tables.customers, scope(c.tenant)
		l, err := readPage(rows, r, position, way, false, func(p table.Page) iter.Seq2[*storev1.VaultConsumer, error] {
			return rows.Below(tx, of, p, c.application.GetId())
		}, wantedConsumers(r))
		if err != nil {
			return err
		}
		if answer.Total, err = h.s.tables.countConsumers(tx, c, wantedConsumers(r)); err != nil {
			return err
		}
		if answer.Consumers, err = h.consumers(tx, c, l.rows, now); err != nil {
			return err
		}
		cs, err = h.s.cursors(list, r, l.previous, l.next)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer.PreviousCursor, answer.CurrentCursor, answer.NextCursor = cs.previous, cs.current, cs.next
	return answer, nil
}

// consumers are those of a page.
func (h customers) consumers(tx kv.Reader, c *caller, rows []*storev1.VaultConsumer, now time.Time) (all []*connectionvaultv1.Consumer, err error) {
	integrations, err := h.s.integrated.of(tx, &h.s.tables, c.application)
	if err != nil {
		return nil, err
	}
	for _, m := range rows {
		view, err := h.s.consumerWith(tx, c, m, integrations, now)
		if err != nil {
			return nil, err
		}
		all = append(all, view)
	}
	return all, nil
}

// wantedConsumers is the filter of a request; nil for none.
func wantedConsumers(r *connectionvaultv1.ListConsumersRequest) func(*storev1.VaultConsumer) bool {
	if r.GetIdPrefix() == "" && r.GetSearch() == "" {
		return nil
	}
	search := strings.ToLower(r.GetSearch())
	return func(m *storev1.VaultConsumer) bool {
		if !strings.HasPrefix(m.GetId(), r.GetIdPrefix()) {
			return false
		}
		for _, text := range []string{m.GetId(), m.GetAccountName(), m.GetUserName(), m.GetEmail()} {
			if strings.Contains(strings.ToLower(text), search) {
				return true
			}
		}
		return false
	}
}

func (t *tables) countConsumers(tx kv.Reader, c *caller, wanted func(*storev1.VaultConsumer) bool) (n int64, err error) {
	if wanted == nil {
		return t.customers.CountBelow(tx, scope(c.tenant), c.application.GetId())
	}
	for m, err := range t.customers.Below(tx, scope(c.tenant), table.Page{}, c.application.GetId()) {
		if err != nil {
			return 0, err
		}
		if wanted(m) {
			n++
		}
	}
	return n, nil
}
